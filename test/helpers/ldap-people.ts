/** People for a test's directory: many that are made up by number, and some with a story. */
import { base } from './slapd.js'

export interface Person {
  readonly uid: string
  /** By default `people`. */
  readonly ou?: string
  /** Further lines of its entry. */
  readonly lines?: readonly string[]
}

/** An entry in LDIF; a student by the name of its user name unless the lines say more. */
export function personLdif ({ uid, ou = 'people', lines = [] }: Person): string {
  return [`dn: uid=${uid},ou=${ou},${base}`, 'objectClass: inetOrgPerson', 'objectClass: schacPersonalCharacteristics', `cn: Person ${uid}`, `sn: ${uid}`, ...lines, `uid: ${uid}`, '', ''].join('\n')
}

/** Students and staff `p00000`, `p00001` and so on, each with a student number. */
export function manyPeople (count: number): string {
  return Array.from({ length: count }, (_, i) => personLdif({
    uid: `p${String(i).padStart(5, '0')}`, lines: [`displayName: Person ${i}`, `employeeType: ${i % 10 === 0 ? 'employee' : 'student'}`, `employeeNumber: ${1_000_000 + i}`],
  })).join('')
}
