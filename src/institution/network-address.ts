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

const namedNetworks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Returns a function that is true for addresses in these networks: addresses, `10.0.0.0/8`, or the names that Fastify knows. */
export function createAddressMatcher (networks: readonly string[]): (address: string) => boolean {
  const ranges = networks.flatMap(network => namedNetworks[network] ?? [network]).map(parseNetwork)
  return address => {
    const parsed = parseAddress(address)
    return parsed !== undefined && ranges.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))
  }
}

function parseNetwork (network: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (!network.includes('/')) {
    const address = ipaddr.process(network)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  }
  const [address, bits] = ipaddr.parseCIDR(network)
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96 ? [address.toIPv4Address(), bits - 96] : [address, bits]
}

/**
 * Returns the network of a client's address, which tells places apart and names no device: the first 24 bits of an IPv4
 * address, the first 64 of an IPv6 address. Undefined when the text is no address.
 */
export function networkOf (address: string): string | undefined {
  const parsed = parseAddress(address)
  if (parsed === undefined) return undefined
  return parsed instanceof ipaddr.IPv6 ? addressGroup(address) : `${parsed.octets.slice(0, 3).join('.')}.0/24`
}

function parseAddress (written: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const text = written.trim().replace(/^"(.*)"$/, '$1')
  const address = (bracketedAddress.exec(text) ?? ipv4WithPort.exec(text))?.[1] ?? text
  const withoutZone = address.split('%')[0]!
  if (ipaddr.IPv4.isValidFourPartDecimal(withoutZone)) return ipaddr.IPv4.parse(withoutZone)
  return ipaddr.IPv6.isValid(withoutZone) ? ipaddr.process(withoutZone) : undefined
}
