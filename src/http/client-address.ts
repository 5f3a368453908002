/** The addresses that proxies report, in the form in which Fastify compares and throttles count them. */
import type { FastifyInstance } from 'fastify'
import { canonicalAddress } from '../institution/network-address.js'

/** Longer chains of proxies do not exist; a client can send any number of entries. */
const MAX_FORWARDED_ENTRIES = 20

/**
 * Rewrites `X-Forwarded-For` before anything reads `request.ip`. Some proxies append the port, or write IPv4 as IPv6:
 * such an entry is not recognised as a trusted proxy, and a client's address would count again with every port. Register
 * this before any other hook.
 */
export function addForwardedForNormalization (app: FastifyInstance): void {
  app.addHook('onRequest', async request => {
    const header = request.raw.headers['x-forwarded-for']
    if (header !== undefined) request.raw.headers['x-forwarded-for'] = normalizeForwardedFor([header].flat().join(','))
  })
}

/** Cuts the list at the last entry that is no address: then the proxy that passed it on counts as the client. */
export function normalizeForwardedFor (header: string): string {
  const addresses = header.split(',').slice(-MAX_FORWARDED_ENTRIES).map(canonicalAddress)
  return addresses.slice(addresses.lastIndexOf(undefined) + 1).join(', ')
}
