/** Tokens of identity systems from the command line. */
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { CliContext } from './context.js'
import { createApiToken, listApiTokens, revokeApiToken } from '../staff/api-tokens.js'

export function registerTokenCommands (program: Command, context: CliContext): void {
  const tokens = program.command('tokens').description('identity systems that redeem codes over the API')

  tokens.command('create')
    .description('make a token with the scope redeem; it is shown once')
    .requiredOption('--name <name>', 'which system it is for, up to 60 characters')
    .action(async ({ name }: { name: string }) => {
      const tidied = name.trim()
      if (tidied === '' || [...tidied].length > 60 || /\p{C}/u.test(tidied)) throw new Error('--name: 1 to 60 visible characters.')
      context.printLine(await createApiToken(context, tidied, randomBytes))
    })

  tokens.command('list')
    .description('every token: id, name, scope, since when, last use, whether it stands')
    .action(async () => {
      for (const { id, name, scope, created_at: made, last_used_at: used, revoked_at: revoked } of await listApiTokens(context.db)) {
        context.printLine([id, name, scope, made.toISOString(), used?.toISOString() ?? 'never used', revoked === null ? 'stands' : `revoked ${revoked.toISOString()}`].join('\t'))
      }
    })

  tokens.command('revoke <id>')
    .description('let a token open nothing any more')
    .action(async (id: string) => {
      if (!await revokeApiToken(context, id)) throw new Error(`No token ${id} stands.`)
      context.printLine(`Revoked ${id}.`)
    })
}
