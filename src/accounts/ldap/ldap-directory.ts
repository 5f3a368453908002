/** The directory over LDAP: OpenLDAP, Active Directory, and others that speak as they do. */
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { Directory } from '../directory.js'
import { refreshAccount } from './refresh-account.js'
import { SessionPool } from './session-pool.js'
import { setPassword } from './set-password.js'
import type { LdapSettings } from './settings.js'

/** Connects when it is first asked something. */
export function createLdapDirectory (db: Kysely<Database>, settings: LdapSettings, now: () => Date): Directory {
  const pool = new SessionPool(settings, now)
  return {
    kind: 'ldap',
    refresh: async account => { await refreshAccount(db, pool, settings, account, now) },
    setPassword: async (account, password) => await setPassword(pool, settings, account, password),
    close: async () => pool.close(),
  }
}
