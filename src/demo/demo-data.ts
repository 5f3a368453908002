/** Loads the data of the demo institution, and formats the welcome text of the server. */
import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { loadDemoAccounts } from './accounts.js'
import type { Database } from '../database/schema.js'
import { createApiToken, listApiTokens } from '../staff/api-tokens.js'
import type { KeyRing } from '../staff/tokens.js'
import { DEMO_PASSWORD, demoStaff, loadDemoStaff } from './staff.js'

/** The token of the demo's identity system. */
export const DEMO_IDENTITY_TOKEN = 'demo-identity-token'

/** Loads made-up accounts and staff and the token of an identity system, unless they are there already. */
export async function loadDemoData (db: Kysely<Database>, now: Date, codeKeys: KeyRing): Promise<void> {
  await loadDemoAccounts(db, now)
  await loadDemoStaff(db, now)
  if ((await listApiTokens(db)).length === 0) await createApiToken({ db, now: () => now, codeKeys }, 'demo identity system', randomBytes, DEMO_IDENTITY_TOKEN)
}

/** Formats the address and the logins for the terminal. */
export function formatDemoWelcome (address: string): string {
  const logins = demoStaff.map(({ login, roles }) => `  ${login.padEnd(16)}${roles.join(', ')}`)
  return [
    '', `Slipdesk serves the demo institution on ${address}`, '',
    `Sign in with the password ${DEMO_PASSWORD} as`, ...logins, '',
    `Holders activate at ${address}/activate; an identity system redeems codes with the token ${DEMO_IDENTITY_TOKEN}`, '',
    'All people in it are made up. Stop with Ctrl+C; the data stays in the data folder.', '', '',
  ].join('\n')
}
