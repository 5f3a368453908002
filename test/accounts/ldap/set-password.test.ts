/** Checks the bytes that are sent to set a password, and the handling of unusual answers. */
import t, { type Test } from 'tap'
import type { DirectoryError } from '../../../src/accounts/directory.js'
import { SessionPool } from '../../../src/accounts/ldap/session-pool.js'
import { encodePasswordModifyRequest, setPassword, encodeUnicodePwd } from '../../../src/accounts/ldap/set-password.js'
import { TestClock } from '../../helpers/app.js'
import { parseLdapSettings } from '../../helpers/ldap/fixtures.js'
import { encodeEntry, operationTags, encodeResult, startLdapRecorder, type RecordedRequest, type LdapRecorder } from '../../helpers/ldap/recorder.js'

const clock = new TestClock()
const dn = 'CN=Anna,DC=example,DC=org'
const activeDirectory = { LDAP_PASSWORD: 'unicodePwd', LDAP_ATTRIBUTES: '{"username":"sAMAccountName","displayName":"displayName","affiliation":{"attribute":"department","values":{},"otherwise":"student"}}', LDAP_FILTER: '(&(objectCategory=person)(objectClass=user))' }

const anna = (request: RecordedRequest) => Buffer.concat([encodeEntry(request, dn, { sAMAccountName: 'Anna', uid: 'anna' }), encodeResult(request, 0)])

async function set (t: Test, { url }: LdapRecorder, password: string, changes: Record<string, string> = activeDirectory): Promise<DirectoryError | undefined> {
  const settings = parseLdapSettings(url, { LDAP_TIMEOUT: '1', ...changes })
  const pool = new SessionPool(settings, clock.now)
  t.teardown(() => pool.close())
  return await setPassword(pool, settings, { id: 'a', username: 'anna' }, password).then(() => undefined, (error: DirectoryError) => error)
}

t.test('encodes unicodePwd as in MS-ADTS 3.1.1.3.1.5', async t => {
  t.equal(encodeUnicodePwd('new').toString('hex'), '22006e00650077002200')
  t.equal(encodeUnicodePwd('ä😺"').toString('hex'), '2200e4003dd83ade22002200', 'a quotation mark in the password is not escaped')
})

t.test('sends Active Directory one search and one password replacement', async t => {
  const recorder = await startLdapRecorder(t, request => request.tag === operationTags.search ? anna(request) : request.tag === operationTags.modify ? encodeResult(request, 0) : undefined)
  t.equal(await set(t, recorder, 'new'), undefined)
  t.strictSame(recorder.recorded.map(({ tag }) => tag), [operationTags.bind, operationTags.search, operationTags.modify])
  const [, search, modify] = recorder.recorded
  t.match(search!.bytes.toString('latin1'), /objectCategory.*person.*objectClass.*user.*sAMAccountName.*anna/s)
  // modifyRequest { object, changes { change { replace, encodeUnicodePwd { '"new"' in UTF-16 } } } } (RFC 4511 §4.6)
  t.equal(modify!.bytes.toString('hex'), [
    '663e', '0419', Buffer.from(dn).toString('hex'), '3021', '301f', '0a0102', '301a', '040a', Buffer.from('unicodePwd').toString('hex'), '310c', '040a', '22006e00650077002200',
  ].join(''))
})

t.test('uses the RFC 3062 extended operation, with the user’s DN, elsewhere', async t => {
  t.equal(encodePasswordModifyRequest('cn=a', 'new').toString('hex'), ['300b', '8004', Buffer.from('cn=a').toString('hex'), '8203', Buffer.from('new').toString('hex')].join(''))
  const recorder = await startLdapRecorder(t, request => request.tag === operationTags.search ? anna(request) : request.tag === operationTags.extended ? encodeResult(request, 0) : undefined)
  t.equal(await set(t, recorder, 'new', {}), undefined)
  t.equal(recorder.recorded[2]!.bytes.toString('hex'), [
    '773d', '8017', Buffer.from('1.3.6.1.4.1.4203.1.11.1').toString('hex'), '8122', '3020', '8019', Buffer.from(dn).toString('hex'), '8203', Buffer.from('new').toString('hex'),
  ].join(''))
})

t.test('decides from Active Directory’s message whether another password would work', async t => {
  const answers: Array<[number, string, string]> = [
    [53, '0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0', 'password-refused'],
    [19, '0000052D: AtrErr: DSID-03191083, #1: 0: 0000052D: DSID-03191083, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)', 'password-refused'],
    [53, '0000001F: SvcErr: DSID-031A1248, problem 5003 (WILL_NOT_PERFORM), data 0', 'away'],
    [50, '00000005: SecErr: DSID-031A11DB, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0', 'away'],
    [32, '0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0', 'account-gone'],
  ]
  for (const [code, words, kind] of answers) {
    const recorder = await startLdapRecorder(t, request => request.tag === operationTags.search ? anna(request) : request.tag === operationTags.modify ? encodeResult(request, code, words) : undefined)
    const fault = await set(t, recorder, 'a password long enough')
    t.equal(fault?.kind, kind, words)
    t.match(fault?.message, words.slice(0, 8), words)
  }
})

t.test('reports a rejection after an unanswered attempt as uncertain', async t => {
  let modifies = 0
  const recorder = await startLdapRecorder(t, request => {
    if (request.tag === operationTags.search) return anna(request)
    if (request.tag !== operationTags.modify) return undefined
    if (++modifies > 1) return encodeResult(request, 19, 'in the history')
    request.socket.destroy()
    return undefined
  })
  const fault = await set(t, recorder, 'a password long enough')
  t.equal(fault?.kind, 'away')
  t.match(fault?.message, 'in the history')
  t.equal(modifies, 2, 'one retry on a new connection')
})

t.test('never includes the password in an error, even when the server echoes it', async t => {
  for (const code of [19, 50, 51, 53]) {
    const recorder = await startLdapRecorder(t, request => request.tag === operationTags.search ? anna(request) : request.tag === operationTags.modify ? encodeResult(request, code, 'not correct horse battery, please') : undefined)
    const fault = await set(t, recorder, 'correct horse battery')
    t.type(fault, Error)
    t.notMatch(JSON.stringify([fault!.message, fault!.stack, fault!.cause === undefined ? '' : String(fault!.cause)]), 'correct horse')
  }
})

t.test('refuses a wrong entry, every entry, and an endless answer', async t => {
  const sending = async (t: Test, answer: (request: RecordedRequest) => Buffer | undefined) =>
    (await set(t, await startLdapRecorder(t, request => request.tag === operationTags.search ? answer(request) : undefined), 'a password long enough'))?.kind
  t.equal(await sending(t, request => Buffer.concat([encodeEntry(request, dn, { sAMAccountName: 'ánna' }), encodeResult(request, 0)])), 'account-gone')
  t.equal(await sending(t, request => Buffer.concat([...Array.from({ length: 10_000 }, (_, i) => encodeEntry(request, `CN=${i}`, { sAMAccountName: 'anna' })), encodeResult(request, 4)])), 'ambiguous')
  t.equal(await sending(t, request => Buffer.concat([...Array.from({ length: 10_000 }, (_, i) => encodeEntry(request, `CN=${i}`, { sAMAccountName: `anna${i}` })), encodeResult(request, 4)])), 'ambiguous')
  t.equal(await sending(t, () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), 'away')
  t.equal(await sending(t, request => {
    const entry = encodeEntry(request, dn, { sAMAccountName: 'anna', displayName: 'x'.repeat(1_000_000) })
    const more = () => { while (!request.socket.destroyed && request.socket.write(entry)) { /* until it takes no more */ } }
    request.socket.on('drain', more)
    more()
    return undefined
  }), 'away')
})

t.test('fails waiting callers with the first one and limits the queue', async t => {
  const recorder = await startLdapRecorder(t, ({ tag, socket }) => {
    if (tag === operationTags.bind) socket.pause()
    return Buffer.alloc(0)
  })
  const settings = parseLdapSettings(recorder.url, { LDAP_TIMEOUT: '1' })
  const pool = new SessionPool(settings, clock.now)
  const faults = await Promise.all(Array.from({ length: 60 }, async (_, i) => await setPassword(pool, settings, { id: 'a', username: `u${i}` }, 'a password long enough').then(() => undefined, (error: DirectoryError) => error.message)))
  t.equal(faults.filter(message => message === 'too many tasks are waiting for the directory').length, 5)
  t.equal(faults.filter(message => /BindRequest: Operation timed out/.test(message ?? '')).length, 55)
  t.equal(recorder.recorded.length, 5, 'five concurrent requests at most')
})
