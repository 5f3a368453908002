import t from 'tap'
import { attributeMapSchema } from '../../../src/accounts/ldap/attribute-map.js'
import { createEntryParser, parseTimestamp } from '../../../src/accounts/ldap/parse-entry.js'

const now = new Date('2026-11-19T07:30:00Z')
const activeDirectory = attributeMapSchema.parse({
  username: 'sAMAccountName',
  displayName: ['displayName', 'cn'],
  affiliation: { attribute: 'memberOf', values: { 'CN=Staff,OU=Groups,DC=example,DC=org': 'staff', 'CN=Students,OU=Groups,DC=example,DC=org': 'student' }, otherwise: 'external' },
  status: {
    rules: [
      { attribute: 'userAccountControl', anyBit: 2, status: 'locked' },
      { attribute: 'accountExpires', time: 'past', status: 'locked' },
      { attribute: 'extensionAttribute1', time: 'future', status: 'not-yet-entitled' },
      { attribute: 'extensionAttribute2', equals: ['Suspended', 'barred'], status: 'locked' },
      { attribute: 'mail', present: false, status: 'not-yet-entitled' },
    ],
    otherwise: 'active',
  },
  birthDate: 'extensionAttribute3',
  preferredLanguage: 'preferredLanguage',
})
const read = createEntryParser(activeDirectory, now)
/** Parses an entry and returns its draft or its errors. */
const draftOf = (given: Parameters<typeof read>[0]) => {
  const answer = read(given)
  return answer.ok ? answer.draft : answer.errors.map(({ path, message }) => `${path} ${message}`)
}
const draft = { username: 'annao', displayName: 'Anna Öhrn', affiliation: 'student', status: 'active', birthDate: null, preferredLanguage: undefined, studentNumber: undefined, latinName: undefined, lastName: undefined }
const entry = { dn: 'CN=Anna,DC=example,DC=org', SAMAccountName: 'AnnaO', displayName: 'Anna Öhrn', memberOf: ['cn=students,ou=groups,dc=example,dc=org', 'CN=Other,DC=example,DC=org'], userAccountControl: '512', accountExpires: '9223372036854775807', mail: 'a@b.example' }

t.test('parses an Active Directory entry, with attribute and group names in any case', async t => {
  t.strictSame(draftOf(entry), draft)
  t.strictSame(draftOf({ ...entry, memberOf: [...entry.memberOf, 'CN=Staff,OU=Groups,DC=example,DC=org'] }), { ...draft, affiliation: 'staff' })
  t.strictSame(draftOf({ ...entry, memberOf: [] }), { ...draft, affiliation: 'external' })
  t.strictSame(draftOf({ ...entry, displayName: [], cn: 'Anna' }), { ...draft, displayName: 'Anna' }, 'the first attribute that has a value')
})

t.test('uses the first status rule that applies', async t => {
  const status = (changes: Record<string, string | string[]>) => {
    const answer = read({ ...entry, ...changes })
    return answer.ok ? answer.draft.status : answer.errors
  }
  t.equal(status({ userAccountControl: '514' }), 'locked', 'disabled')
  t.equal(status({ userAccountControl: '-2147483646' }), 'locked', 'the number is negative when its highest bit is set')
  t.equal(status({ accountExpires: '0' }), 'active', 'never')
  t.equal(status({ accountExpires: '134396064000000000' }), 'active', '20 November 2026')
  t.equal(status({ accountExpires: '134393472000000000' }), 'locked', '17 November 2026')
  t.equal(status({ extensionAttribute1: '20261120000000Z' }), 'not-yet-entitled')
  t.equal(status({ extensionAttribute1: '20261119' }), 'active')
  t.equal(status({ extensionAttribute2: 'SUSPENDED' }), 'locked')
  t.equal(status({ mail: [] }), 'not-yet-entitled')
  t.equal(status({ userAccountControl: 'nonsense', accountExpires: 'whenever' }), 'active')
})

t.test('parses the directories’ timestamp formats', async t => {
  const moment = (text: string) => { const at = parseTimestamp(text); return at === undefined ? undefined : new Date(at).toISOString() }
  t.equal(moment('20261119073000Z'), '2026-11-19T07:30:00.000Z')
  t.equal(moment('202611190930+0200'), '2026-11-19T07:30:00.000Z')
  t.equal(moment('20261119073000.0Z'), '2026-11-19T07:30:00.000Z')
  t.equal(moment('20261119'), '2026-11-19T00:00:00.000Z')
  t.equal(moment('116444736000000000'), '1970-01-01T00:00:00.000Z')
  for (const none of ['', 'never', '0', '9223372036854775807', '20261340', '2026-11-19']) t.equal(moment(none), undefined, none)
})

t.test('parses the directories’ birth dates and languages', async t => {
  for (const extensionAttribute3 of ['19990131', '19990131000000Z', '31.1.1999']) {
    t.strictSame(draftOf({ ...entry, extensionAttribute3 }), { ...draft, birthDate: '1999-01-31' }, extensionAttribute3)
  }
  t.strictSame(draftOf({ ...entry, extensionAttribute3: '19990231' }), { ...draft, birthDate: undefined }, 'dropped with a warning')
  const warned = read({ ...entry, extensionAttribute3: '19990231' })
  t.strictSame(warned.ok && warned.warnings.map(({ code }) => code), ['birth_date-dropped'])
  t.strictSame(draftOf({ ...entry, preferredLanguage: 'sv-FI, en;q=0.5' }), { ...draft, preferredLanguage: 'sv' })
  t.strictSame(draftOf({ ...entry, preferredLanguage: 'de' }), draft, 'an unsupported language is ignored')
})

t.test('reports every fault of an incomplete, ambiguous or binary entry', async t => {
  t.strictSame(draftOf({ dn: 'CN=x' }), ['username required', 'display_name required'])
  t.strictSame(draftOf({ ...entry, SAMAccountName: ['annao', 'other'], displayName: Buffer.from([0xff, 0xfe]) }), ['username several-values', 'display_name not-text'])
  t.strictSame(draftOf({ ...entry, SAMAccountName: 'anna)(uid=*' }), ['username username-shape'])
  t.strictSame(draftOf({ ...entry, displayName: 'x'.repeat(1_000_000) }), ['display_name too-long'])
  t.strictSame(draftOf({ ...entry, displayName: 'bell\u0007' }), { ...draft, displayName: 'bell' })
  t.strictSame(draftOf({ ...entry, SAMAccountName: 'İbrahim' }), ['username username-shape'], 'the directory is searched by the name as it is')
})

t.test('refuses an invalid attribute map and names the place', async t => {
  const faults = (map: unknown) => attributeMapSchema.safeParse(map).error?.issues.map(issue => issue.path.join('.'))
  const whole = { username: 'uid', displayName: 'cn', affiliation: { attribute: 'employeeType', values: {} } }
  t.strictSame(faults(whole), undefined)
  t.strictSame(faults({ ...whole, username: 'uid)(cn=*' }), ['username'])
  t.strictSame(faults({ ...whole, affiliation: { attribute: 'a', values: { x: 'professor' } } }), ['affiliation.values.x'])
  t.strictSame(faults({ ...whole, status: { rules: [{ attribute: 'a', status: 'locked' }, { attribute: 'a', status: 'locked', present: true, anyBit: 2 }], otherwise: 'active' } }), ['status.rules.0', 'status.rules.1'])
  t.strictSame(faults({ ...whole, studentnumber: 'x' }), [''])
})

t.test('parses a name in Latin letters, and drops one in others with a warning', async t => {
  const parse = createEntryParser(attributeMapSchema.parse({ username: 'uid', displayName: 'cn', latinName: 'extensionAttribute9', affiliation: { attribute: 'employeeType', values: {}, otherwise: 'student' } }), new Date('2026-11-19'))
  const latinNameOf = (extensionAttribute9: string) => {
    const parsed = parse({ dn: 'uid=olga', uid: 'olga', cn: 'Ольга Тестова', extensionAttribute9 })
    return parsed.ok && [parsed.draft.latinName, parsed.warnings.map(({ column, code }) => `${column} ${code}`)]
  }
  t.strictSame(latinNameOf(' Olga  Testova '), ['Olga Testova', []])
  t.strictSame(latinNameOf(''), [null, []])
  t.strictSame(latinNameOf('Ольга'), [undefined, ['latin_name latin_name-dropped']])
})
