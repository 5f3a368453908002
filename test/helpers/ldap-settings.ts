/** Settings for a test's directory. */
import { parseDirectoryConfig } from '../../src/config.js'
import type { LdapSettings } from '../../src/accounts/ldap/settings.js'
import { BASE_DN, serviceAccount } from './slapd.js'

/** How the people of `ldap-people.ts` are read. */
export const attributeMap = {
  username: 'uid',
  displayName: ['displayName', 'cn'],
  affiliation: { attribute: 'employeeType', values: { student: 'student', employee: 'staff', Visitor: 'partner' } },
  status: { rules: [{ attribute: 'description', equals: ['Closed'], status: 'locked' }, { attribute: 'description', equals: ['coming'], status: 'not-yet-entitled' }], otherwise: 'active' },
  preferredLanguage: 'preferredLanguage',
  birthDate: 'schacDateOfBirth',
  studentNumber: 'employeeNumber',
}

/** What an operator would set, read as the server reads it. */
export function parseLdapSettings (urls: string, changes: Readonly<Record<string, string>> = {}): LdapSettings {
  const settings = parseDirectoryConfig({
    DATABASE_URL: 'postgres://slipdesk@db.example/slipdesk',
    DIRECTORY: 'ldap',
    LDAP_URLS: urls,
    LDAP_BIND_DN: serviceAccount.dn,
    LDAP_BIND_PASSWORD: serviceAccount.password,
    LDAP_BASE_DN: BASE_DN,
    LDAP_FILTER: '(objectClass=inetOrgPerson)',
    LDAP_ATTRIBUTES: JSON.stringify(attributeMap),
    ...changes,
  })
  if (settings.kind !== 'ldap') throw new TypeError('not LDAP')
  return settings
}
