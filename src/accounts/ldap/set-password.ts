/** Sets a password in the directory: by RFC 3062, or with the attribute of Active Directory. */
import { Attribute, BerWriter, Change, type Client } from 'ldapts'
import { DirectoryError, type AccountRef } from '../directory.js'
import { isNoSuchObject, isServerResponse, isRetryable, describeError, isPasswordRejected } from './errors.js'
import { findEntry } from './find-entries.js'
import type { SessionPool } from './session-pool.js'
import type { LdapSettings } from './settings.js'

const PASSWORD_MODIFY_OID = '1.3.6.1.4.1.4203.1.11.1'

/** C programs end a text at NUL, and half a surrogate pair is not a character: the directory would store another password. */
const unsupportedCharacters = /\0|\p{Surrogate}/u

/** Sets the password. @throws {DirectoryError} of any kind; after `away` the password may have been set or not */
export async function setPassword (pool: SessionPool, settings: LdapSettings, account: AccountRef, password: string): Promise<void> {
  if (password === '' || unsupportedCharacters.test(password)) throw new DirectoryError('password-refused', 'the password has characters that a directory cannot store')
  let mayBeSet = false
  await pool.use(async client => {
    const person = await findEntry(client, settings, account)
    if (person === undefined) throw new DirectoryError('account-gone', `the directory has no entry with the user name of account ${account.id}`)
    try {
      await writePassword(client, settings, person.dn, password)
    } catch (error) {
      const message = describeError(error).includes(password) ? 'the message contains the password' : describeError(error)
      if (!isRetryable(error)) throw toPasswordError(error, message, mayBeSet)
      mayBeSet ||= !isServerResponse(error)
      throw new Error(message)
    }
  })
}

async function writePassword (client: Client, settings: LdapSettings, dn: string, password: string): Promise<void> {
  if (settings.passwordMethod === 'rfc3062') await client.exop(PASSWORD_MODIFY_OID, encodePasswordModifyRequest(dn, password))
  else await client.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type: 'unicodePwd', values: [encodeUnicodePwd(password)] }) }))
}

/** Encodes PasswdModifyRequestValue of RFC 3062 §2.1, with the entry and the new password. */
export function encodePasswordModifyRequest (dn: string, password: string): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeString(dn, 0x80)
  writer.writeString(password, 0x82)
  writer.endSequence()
  return writer.buffer
}

/** Encodes the password in quotation marks as UTF-16LE (MS-ADTS 3.1.1.3.1.5). */
export function encodeUnicodePwd (password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le')
}

/**
 * Converts the error. If an earlier attempt got no answer, it may have set the password and caused this refusal, so the
 * result is `away`: it is not certain that nothing was changed.
 */
function toPasswordError (error: unknown, message: string, mayBeSet: boolean): DirectoryError {
  if (isPasswordRejected(error)) return new DirectoryError(mayBeSet ? 'away' : 'password-refused', `the directory refuses the password: ${message}`)
  if (isNoSuchObject(error)) return new DirectoryError('account-gone', `the entry is gone: ${message}`)
  return new DirectoryError('away', message)
}
