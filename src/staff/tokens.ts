/**
 * Bearer secrets of staff and their keyed hashes. One key serves several purposes; each purpose is
 * part of the hashed text, so that a hash for one purpose is never valid for another.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Server keys by id. New hashes use the current key; the others still verify. */
export interface KeyRing {
  readonly current: { readonly id: string, readonly key: Buffer }
  /** With the current one. */
  readonly all: ReadonlyMap<string, Buffer>
}

/** Generates a token: 32 random bytes as 43 characters of base64url. */
export function generateToken (randomBytes: (size: number) => Buffer): string {
  return randomBytes(32).toString('base64url')
}

/** Hashes a session's token for the database (32 bytes). */
export function hashSessionToken (sessionKey: Buffer, token: string): Buffer {
  return keyedHash(sessionKey, 'session', token)
}

/** The columns of a session that its binding covers. */
export interface BoundSession {
  readonly id: string
  readonly door: 'page' | 'api'
  readonly staff_id: string
  readonly service_point_id: string | null
  readonly created_at: Date
  readonly last_used_at: Date
  readonly ends_at: Date
}

/** Computes the MAC (32 bytes) that binds a session's row to its token. */
export function computeSessionBinding ({ token, sessionKey }: { readonly token: string, readonly sessionKey: Buffer }, row: BoundSession): Buffer {
  const { id, door, staff_id: staffId, service_point_id: servicePointId, created_at: createdAt, last_used_at: lastUsedAt, ends_at: endsAt } = row
  return keyedHash(sessionKey, 'session-binding', JSON.stringify([token, id, door, staffId, servicePointId, createdAt, lastUsedAt, endsAt]))
}

/** True when both hashes are the same; compares in constant time. */
export function isSameHash (one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

export type ThrottlePurpose = 'login' | 'address' | 'device' | 'known-login' | 'activation' | 'username' | 'holder-address'

/** Returns the key of a throttle. Login and address are stored only as keyed hashes. */
export function throttleKey (sessionKey: Buffer, purpose: ThrottlePurpose, value: string): string {
  return keyedHash(sessionKey, `throttle-${purpose}`, value).toString('base64url')
}

/** Returns the token that a form carries, bound to the browser's own cookie. */
export function csrfTokenFor (sessionKey: Buffer, cookie: string): string {
  return keyedHash(sessionKey, 'form', cookie).toString('base64url')
}

/** True when the token of a form belongs to the browser's cookie; compares in constant time. */
export function isCsrfTokenFor (sessionKey: Buffer, cookie: string, token: string): boolean {
  return isSameHash(Buffer.from(token), Buffer.from(csrfTokenFor(sessionKey, cookie)))
}

/** What a device cookie's entry binds beside the login. */
export interface DeviceBinding {
  readonly day: string
  readonly nonce: string
}

/** Generates a random value that is no secret: 16 bytes as 22 characters of base64url. */
export function generateNonce (randomBytes: (size: number) => Buffer): string {
  return randomBytes(16).toString('base64url')
}

/** Returns the code that makes an entry of a device cookie valid for one login. */
export function macOfDevice (sessionKey: Buffer, login: string, { day, nonce }: DeviceBinding): string {
  return keyedHash(sessionKey, 'device', [day, nonce, login].join('\0')).toString('base64url')
}

/** True when the entry of a device cookie was issued for this login; compares in constant time. */
export function isDeviceMac (sessionKey: Buffer, login: string, { mac, ...binding }: DeviceBinding & { readonly mac: string }): boolean {
  return isSameHash(Buffer.from(mac), Buffer.from(macOfDevice(sessionKey, login, binding)))
}

/** Returns the key under which a successful sign-in of a login from an address is remembered. */
export function signInOriginKey (sessionKey: Buffer, login: string, address: string): string {
  return keyedHash(sessionKey, 'sign-in-origin', [address, login].join('\0')).toString('base64url')
}

/** Hashes a login that does not exist, so that its repeats can be counted (128 bits). What was typed may be anything, a password too. */
export function hashTypedLogin (sessionKey: Buffer, login: string): string {
  return keyedHash(sessionKey, 'typed-login', login).subarray(0, 16).toString('base64url')
}

/** Hashes the network from which a token was used (128 bits). */
export function hashTokenNetwork (sessionKey: Buffer, tokenId: string, network: string): string {
  return keyedHash(sessionKey, 'token-network', [tokenId, network].join('\0')).subarray(0, 16).toString('base64url')
}

function keyedHash (key: Buffer, purpose: string, value: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\0${value}`).digest()
}
