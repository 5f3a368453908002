/** Settings for a test's directory. */
import type { LdapSettings } from '../../../src/accounts/ldap/settings.js'
import { parseDirectoryConfig } from '../../../src/config.js'
import { BASE_DN, serviceAccount } from './slapd.js'

/** How the people of `fixtures.ts` are read. */
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

// People for a test's directory: many that are made up by number, and some with a story.

export interface LdapPerson {
  readonly uid: string
  /** By default `people`. */
  readonly ou?: string
  /** Further lines of its entry. */
  readonly lines?: readonly string[]
}

/** An entry in LDIF; a student by the name of its user name unless the lines say more. */
export function formatPersonLdif ({ uid, ou = 'people', lines = [] }: LdapPerson): string {
  return [`dn: uid=${uid},ou=${ou},${BASE_DN}`, 'objectClass: inetOrgPerson', 'objectClass: schacPersonalCharacteristics', `cn: Person ${uid}`, `sn: ${uid}`, ...lines, `uid: ${uid}`, '', ''].join('\n')
}

/** Students and staff `p00000`, `p00001` and so on, each with a student number. */
export function buildPeopleLdif (count: number): string {
  return Array.from({ length: count }, (_, i) => formatPersonLdif({
    uid: `p${String(i).padStart(5, '0')}`, lines: [`displayName: Person ${i}`, `employeeType: ${i % 10 === 0 ? 'employee' : 'student'}`, `employeeNumber: ${1_000_000 + i}`],
  })).join('')
}
