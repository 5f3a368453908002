/** People for a test's directory: many that are made up by number, and some with a story. */
import { BASE_DN } from './slapd.js'

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
