/** Shortens a client's address to its network, which is enough to tell places apart and names no device. */
import { isIP } from 'node:net'

/**
 * Returns the first 24 bits of an IPv4 address, or the first 64 of an IPv6 address, as a network: `192.0.2.0/24`.
 * @returns undefined for what is no address
 */
export function toClientNetwork (address: string): string | undefined {
  const plain = address.split('%')[0]!
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(plain)?.[1]
  if (ipv4 !== undefined && isIP(`${ipv4}.0`) === 4) return `${ipv4}.0/24`
  if (isIP(plain) !== 6) return undefined
  const [head = '', tail] = plain.split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back].slice(0, 4)
  return `${groups.map(group => parseInt(group, 16).toString(16)).join(':')}::/64`
}
