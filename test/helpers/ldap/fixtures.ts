/** Settings and people of a test directory. */
import type { LdapSettings } from '../../../src/accounts/ldap/settings.js'
import { parseDirectoryConfig } from '../../../src/config.js'
import { BASE_DN, serviceAccount } from './slapd.js'

/** The attribute map for the people of this file. */
export const attributeMap = {
  username: 'uid',
  displayName: ['displayName', 'cn'],
  affiliation: { attribute: 'employeeType', values: { student: 'student', employee: 'staff', Visitor: 'partner' } },
  status: { rules: [{ attribute: 'description', equals: ['Closed'], status: 'locked' }, { attribute: 'description', equals: ['coming'], status: 'not-yet-entitled' }], otherwise: 'active' },
  preferredLanguage: 'preferredLanguage',
  birthDate: 'schacDateOfBirth',
  studentNumber: 'employeeNumber',
}

/** Parses LDAP settings from environment variables, as the server does. */
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

export interface LdapPerson {
  readonly uid: string
  /** The organizational unit, by default `people`. */
  readonly ou?: string
  /** Further LDIF lines of the entry. */
  readonly lines?: readonly string[]
}

/** Formats an entry in LDIF. The name is derived from the user name unless `lines` sets it. */
export function formatPersonLdif ({ uid, ou = 'people', lines = [] }: LdapPerson): string {
  return [`dn: uid=${uid},ou=${ou},${BASE_DN}`, 'objectClass: inetOrgPerson', 'objectClass: schacPersonalCharacteristics', `cn: Person ${uid}`, `sn: ${uid}`, ...lines, `uid: ${uid}`, '', ''].join('\n')
}

/** Builds LDIF of students and staff `p00000`, `p00001` and so on, each with a student number. */
export function buildPeopleLdif (count: number): string {
  return Array.from({ length: count }, (_, i) => formatPersonLdif({
    uid: `p${String(i).padStart(5, '0')}`, lines: [`displayName: Person ${i}`, `employeeType: ${i % 10 === 0 ? 'employee' : 'student'}`, `employeeNumber: ${1_000_000 + i}`],
  })).join('')
}
