/** Operator commands for API tokens of identity systems. */
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { TokenContext } from './context.js'
import { createApiToken, listApiTokens, revokeApiToken } from '../staff/api-tokens.js'

export function registerTokenCommands (program: Command, context: TokenContext): void {
  const tokens = program.command('tokens').description('API tokens of identity systems that redeem codes')

  tokens.command('create')
    .description('create a token with the scope redeem; it is shown only once')
    .requiredOption('--name <name>', 'the system that uses the token, up to 60 characters')
    .action(async ({ name }: { name: string }) => {
      const tidied = name.trim()
      if (tidied === '' || [...tidied].length > 60 || /\p{C}/u.test(tidied)) throw new Error('--name: Use 1 to 60 visible characters.')
      context.printLine(await createApiToken({ db: context.db, now: context.now, codeKeys: context.requireCodeKeys() }, tidied, randomBytes))
    })

  tokens.command('list')
    .description('list all tokens: ID, name, scope, created, last used, active or revoked')
    .action(async () => {
      for (const { id, name, scope, created_at: made, last_used_at: used, revoked_at: revoked } of await listApiTokens(context.db)) {
        context.printLine([id, name, scope, made.toISOString(), used?.toISOString() ?? 'never used', revoked === null ? 'active' : `revoked ${revoked.toISOString()}`].join('\t'))
      }
    })

  tokens.command('revoke <id>')
    .description('revoke a token')
    .action(async (id: string) => {
      if (!await revokeApiToken(context, id)) throw new Error(`There is no active token ${id}.`)
      context.printLine(`Revoked ${id}.`)
    })
}
