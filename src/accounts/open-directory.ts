/** Opens the directory that the configuration names. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { createBuiltInDirectory } from './built-in-directory.js'
import type { Directory } from './directory.js'
import { createLdapDirectory } from './ldap/ldap-directory.js'
import type { DirectorySettings } from './ldap/settings.js'

export function openDirectory (db: Kysely<Database>, settings: DirectorySettings, now: () => Date): Directory {
  return settings.kind === 'built-in' ? createBuiltInDirectory(db, now) : createLdapDirectory(db, settings, now)
}
