/** Sets a holder's password in the directory: by RFC 3062, or as Active Directory wants it. */
import { Attribute, BerWriter, Change, type Client } from 'ldapts'
import { DirectoryFault, type DirectoryName } from '../directory.js'
import { findsNothing, hasAnswered, mayPassElsewhere, reasonOf, refusesPassword } from './faults.js'
import { findPerson } from './find-people.js'
import type { SessionPool } from './session-pool.js'
import type { LdapSettings } from './settings.js'

const passwordModifyOid = '1.3.6.1.4.1.4203.1.11.1'

/** Programs in C end a text at NUL, and half a surrogate pair is no character: the directory would keep another password. */
const unwritable = /\0|\p{Surrogate}/u

/** @throws {DirectoryFault} of any kind; after `away` the password may have been set or not */
export async function setPassword (pool: SessionPool, settings: LdapSettings, account: DirectoryName, password: string): Promise<void> {
  if (password === '' || unwritable.test(password)) throw new DirectoryFault('password-refused', 'a password that no directory keeps as it is')
  let perhapsSet = false
  await pool.use(async client => {
    const person = await findPerson(client, settings, account)
    if (person === undefined) throw new DirectoryFault('account-gone', `the directory has nobody of the user name of account ${account.id}`)
    try {
      await write(client, settings, person.dn, password)
    } catch (error) {
      const words = reasonOf(error).includes(password) ? 'in words that hold the password' : reasonOf(error)
      if (!mayPassElsewhere(error)) throw faultOf(error, words, perhapsSet)
      perhapsSet ||= !hasAnswered(error)
      throw new Error(words)
    }
  })
}

async function write (client: Client, settings: LdapSettings, dn: string, password: string): Promise<void> {
  if (settings.password === 'rfc3062') await client.exop(passwordModifyOid, passwordModifyRequest(dn, password))
  else await client.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type: 'unicodePwd', values: [unicodePwd(password)] }) }))
}

/** PasswdModifyRequestValue of RFC 3062 §2.1: whose, and the new password. */
export function passwordModifyRequest (dn: string, password: string): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeString(dn, 0x80)
  writer.writeString(password, 0x82)
  writer.endSequence()
  return writer.buffer
}

/** The password in quotation marks, as UTF-16 with the low byte first (MS-ADTS 3.1.1.3.1.5). */
export function unicodePwd (password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le')
}

/**
 * A refusal after a try without an answer may be of the password that this try has set: told as `away`, for then
 * it is not certain that nothing was changed.
 */
function faultOf (error: unknown, words: string, perhapsSet: boolean): DirectoryFault {
  if (refusesPassword(error)) return new DirectoryFault(perhapsSet ? 'away' : 'password-refused', `the directory refuses the password: ${words}`)
  if (findsNothing(error)) return new DirectoryFault('account-gone', `the entry went away: ${words}`)
  return new DirectoryFault('away', words)
}
