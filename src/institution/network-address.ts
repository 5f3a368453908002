/** Reads network addresses in the forms in which clients and proxies write them. Pure. */
import ipaddr from 'ipaddr.js'

const bracketedAddress = /^\[([^\]]*)\](?::\d{1,5})?$/
const ipv4WithPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/

/**
 * Returns an address in its one canonical form: in lower case, without quotes, port and zone, and an IPv4 address that is
 * written inside an IPv6 address as IPv4. Undefined when the text is no address.
 */
export function canonicalAddress (written: string): string | undefined {
  const parsed = parseAddress(written)
  if (parsed === undefined) return undefined
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString()
}

/**
 * Returns the part of a client's address that limits count: an IPv4 address itself; the first 64 bits of an IPv6 address,
 * because the rest belongs to one household or phone.
 */
export function addressGroup (address: string): string {
  const parsed = parseAddress(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed?.toString() ?? address
  return `${parsed.parts.slice(0, 4).map(part => part.toString(16)).join(':')}::/64`
}

function parseAddress (written: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const text = written.trim().replace(/^"(.*)"$/, '$1')
  const address = (bracketedAddress.exec(text) ?? ipv4WithPort.exec(text))?.[1] ?? text
  const withoutZone = address.split('%')[0]!
  if (ipaddr.IPv4.isValidFourPartDecimal(withoutZone)) return ipaddr.IPv4.parse(withoutZone)
  return ipaddr.IPv6.isValid(withoutZone) ? ipaddr.process(withoutZone) : undefined
}
