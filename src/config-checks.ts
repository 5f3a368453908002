/** Finds settings that are valid one by one and unsafe all the same. Each error gives its reason, never a secret. Pure. */
import ipaddr from 'ipaddr.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Returns whether only this machine reaches a host. */
export function isLoopback (host: string): boolean {
  return ['localhost', '::1', '[::1]'].includes(host) || /^127(\.\d{1,3}){3}$/.test(host)
}

/** In institution mode, other machines reach the server only by https: otherwise passwords, sessions and codes can be read on the way. */
export function findPlainHttpErrors (present: Environment): string[] {
  const host = present['HOST'] ?? 'localhost'
  if (present['DATABASE_URL'] === undefined) return []
  const publicUrl = present['PUBLIC_URL']
  if (publicUrl === undefined) return isLoopback(host) || ['0.0.0.0', '::'].includes(host) ? [] : [`PUBLIC_URL: is missing; HOST ${host} is not loopback, so people need an https address: passwords and codes would be sent in clear`]
  if (!/^http:/i.test(publicUrl) || !URL.canParse(publicUrl)) return []
  if (!isLoopback(new URL(publicUrl).hostname)) return ['PUBLIC_URL: must be an https address; passwords and codes would be sent in clear']
  return isLoopback(host) ? [] : [`PUBLIC_URL: must be an https address, because HOST ${host} is not loopback: passwords and codes would be sent in clear`]
}

// The database.

/** Where the database is, and how the connection to it is protected. */
export type DatabaseTransport = 'local' | 'verified' | 'clear' | 'undecided'

/** Reads `sslmode` of a database's address, as the driver does; `PGSSLMODE` counts where the address has none. */
export function readDatabaseTransport (present: Environment): DatabaseTransport {
  const address = present['DATABASE_URL']
  if (address === undefined || !/^postgres(ql)?:/i.test(address) || !URL.canParse(address)) return 'local'
  const { hostname, searchParams } = new URL(address)
  const named = searchParams.getAll('host').at(-1) ?? decodeURIComponent(hostname)
  const host = named === '' ? present['PGHOST'] ?? 'localhost' : named
  if (host.startsWith('/') || isLoopback(host)) return 'local'
  const mode = searchParams.getAll('sslmode').at(-1) ?? present['PGSSLMODE']
  return mode === 'verify-full' ? 'verified' : mode === 'disable' ? 'clear' : 'undecided'
}

/** A database on another machine needs a decision. The modes between the two either verify nothing or will mean something else in the next version of the driver. */
export function findDatabaseTransportErrors (present: Environment): string[] {
  return readDatabaseTransport(present) === 'undecided'
    ? ['DATABASE_URL: the database is on another machine; add ?sslmode=verify-full (TLS with a verified certificate; sslrootcert=FILE names your authority) or, on a network that no one else uses, ?sslmode=disable']
    : []
}

// Keys.

const keyVariables = ['CODE_KEY', 'SESSION_KEY', 'LOG_KEY'] as const
/** A shorter one is refused by the schema of the variable. */
const MIN_KEY_BYTES = 32
/** 32 random bytes have about 30 different values. */
const MIN_DISTINCT_VALUES = 8

/** Finds keys that are used for several purposes, and keys that no random generator made. */
export function findWeakKeyErrors (present: Environment): string[] {
  const keys = keyVariables.flatMap(name => (present[name] ?? '').split(',').filter(text => text.trim() !== '').map(text => ({ name, bytes: Buffer.from(text.trim(), 'base64') })))
    .filter(({ bytes }) => bytes.length >= MIN_KEY_BYTES)
  const weak = new Set(keys.filter(({ bytes }) => isPredictable(bytes)).map(({ name }) => name))
  const shared = keyVariables.flatMap((name, index) => keyVariables.slice(index + 1).filter(other => keys.some(one => one.name === name && keys.some(two => two.name === other && two.bytes.equals(one.bytes)))).map(other => [name, other]))
  return [
    ...[...weak].map(name => `${name}: is not random (a pattern or too few different bytes); make it with openssl rand -base64 32`),
    ...shared.map(([name, other]) => `${other}: is the same key as ${name}; each needs its own, so that one that becomes known opens nothing else`),
  ]
}

/** True for few different bytes, a repeated pattern, and bytes that rise or fall by few different steps. */
function isPredictable (bytes: Buffer): boolean {
  const steps = new Set(bytes.subarray(1).map((byte, index) => byte - bytes[index]!))
  if (new Set(bytes).size < MIN_DISTINCT_VALUES || steps.size < MIN_DISTINCT_VALUES) return true
  return Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) => index + 1).some(period => bytes.subarray(period).equals(bytes.subarray(0, -period)))
}

// Proxies.

/** The widest networks that one organisation has: 10.0.0.0/8, and fc00::/7 for local addresses. */
const widestBits = { ipv4: 8, ipv6: 16, localIpv6: 7 }
const ipv4InIpv6 = ipaddr.IPv6.parse('::ffff:0:0')

/** Finds proxy networks that contain a large part of the Internet: anyone there could claim any address. */
export function findWideProxyErrors (present: Environment): string[] {
  return (present['TRUSTED_PROXIES'] ?? '').split(',').map(one => one.trim()).filter(isTooWide)
    .map(network => `TRUSTED_PROXIES: ${network} is far wider than a network of proxies; everyone in it could claim any address and escape the limits for failed attempts`)
}

function isTooWide (network: string): boolean {
  if (!ipaddr.isValidCIDR(network)) return false
  const [address, bits] = ipaddr.parseCIDR(network)
  if (address instanceof ipaddr.IPv4) return bits < widestBits.ipv4
  if (bits >= 96 && address.isIPv4MappedAddress()) return bits - 96 < widestBits.ipv4
  if (address.range() === 'uniqueLocal') return bits < widestBits.localIpv6
  return bits < widestBits.ipv6 || (bits < 96 && ipv4InIpv6.match(address, bits))
}
