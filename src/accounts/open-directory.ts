/** Opens the directory that the configuration names. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { builtInDirectory } from './built-in-directory.js'
import type { Directory } from './directory.js'
import { ldapDirectory } from './ldap/ldap-directory.js'
import type { DirectorySettings } from './ldap/settings.js'

export function openDirectory (db: Kysely<Database>, settings: DirectorySettings, now: () => Date): Directory {
  return settings.kind === 'built-in' ? builtInDirectory(db, now) : ldapDirectory(db, settings, now)
}
