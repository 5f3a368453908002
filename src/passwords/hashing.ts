/**
 * Hashes passwords of staff and of the built-in directory with argon2id. The parameters are OWASP's (Password Storage
 * Cheat Sheet): 19 MiB, two passes, one lane. Passwords are hashed in NFC (SP 800-63B-4 §3.1.1.2), so that the same
 * characters typed on another keyboard are the same password.
 */
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

const argon2Parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Hashes a password. @returns the PHC string, `$argon2id$v=19$m=19456,t=2,p=1$…` */
export async function hashPassword (password: string): Promise<string> {
  return await hash(password.normalize('NFC'), argon2Parameters)
}

let dummyHash: Promise<string> | undefined

/**
 * Returns whether the password is the hashed one. Without a hash (an unknown user) it does the same work, so that the
 * time of the answer does not reveal which users exist.
 */
export async function verifyPassword (passwordHash: string | undefined, password: string): Promise<boolean> {
  dummyHash ??= hashPassword(randomBytes(32).toString('base64url'))
  const isCorrect = await verify(passwordHash ?? await dummyHash, password.normalize('NFC'))
  return isCorrect && passwordHash !== undefined
}
