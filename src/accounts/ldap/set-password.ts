/** Sets a holder's password in the directory: by RFC 3062, or as Active Directory wants it. */
import { Attribute, BerWriter, Change, type Client } from 'ldapts'
import { DirectoryError, type AccountRef } from '../directory.js'
import { isNoSuchObject, isServerResponse, isRetryable, describeError, isPasswordRejected } from './errors.js'
import { findEntry } from './find-entries.js'
import type { SessionPool } from './session-pool.js'
import type { LdapSettings } from './settings.js'

const PASSWORD_MODIFY_OID = '1.3.6.1.4.1.4203.1.11.1'

/** Programs in C end a text at NUL, and half a surrogate pair is no character: the directory would keep another password. */
const unsupportedCharacters = /\0|\p{Surrogate}/u

/** @throws {DirectoryError} of any kind; after `away` the password may have been set or not */
export async function setPassword (pool: SessionPool, settings: LdapSettings, account: AccountRef, password: string): Promise<void> {
  if (password === '' || unsupportedCharacters.test(password)) throw new DirectoryError('password-refused', 'a password that no directory keeps as it is')
  let perhapsSet = false
  await pool.use(async client => {
    const person = await findEntry(client, settings, account)
    if (person === undefined) throw new DirectoryError('account-gone', `the directory has nobody of the user name of account ${account.id}`)
    try {
      await writePassword(client, settings, person.dn, password)
    } catch (error) {
      const words = describeError(error).includes(password) ? 'in words that hold the password' : describeError(error)
      if (!isRetryable(error)) throw toPasswordError(error, words, perhapsSet)
      perhapsSet ||= !isServerResponse(error)
      throw new Error(words)
    }
  })
}

async function writePassword (client: Client, settings: LdapSettings, dn: string, password: string): Promise<void> {
  if (settings.passwordMethod === 'rfc3062') await client.exop(PASSWORD_MODIFY_OID, encodePasswordModifyRequest(dn, password))
  else await client.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type: 'unicodePwd', values: [encodeUnicodePwd(password)] }) }))
}

/** PasswdModifyRequestValue of RFC 3062 §2.1: whose, and the new password. */
export function encodePasswordModifyRequest (dn: string, password: string): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeString(dn, 0x80)
  writer.writeString(password, 0x82)
  writer.endSequence()
  return writer.buffer
}

/** The password in quotation marks, as UTF-16 with the low byte first (MS-ADTS 3.1.1.3.1.5). */
export function encodeUnicodePwd (password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le')
}

/**
 * A refusal after a try without an answer may be of the password that this try has set: told as `away`, for then
 * it is not certain that nothing was changed.
 */
function toPasswordError (error: unknown, words: string, perhapsSet: boolean): DirectoryError {
  if (isPasswordRejected(error)) return new DirectoryError(perhapsSet ? 'away' : 'password-refused', `the directory refuses the password: ${words}`)
  if (isNoSuchObject(error)) return new DirectoryError('account-gone', `the entry went away: ${words}`)
  return new DirectoryError('away', words)
}
