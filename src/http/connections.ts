/** Limits how many connections there are, and how long one may take to send a request. Reasons: docs/decisions/0024-network-limits.md. */
import type { IncomingMessage } from 'node:http'
import { type Server, Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { addressGroup, createAddressMatcher } from '../institution/network-address.js'

export interface ConnectionLimits {
  /** Open connections of one client: an IPv4 address, or the first 64 bits of an IPv6 address. Trusted proxies are exempt. */
  readonly maxPerAddress: number
  readonly maxConnections: number
  /** The time for the headers of a request (milliseconds). */
  readonly headersMs: number
  /** The time for a whole request, unless its route allows more (milliseconds). */
  readonly requestMs: number
  /** The longest time that any route allows (milliseconds). */
  readonly longestRequestMs: number
  /** How long a connection may be open with nothing sent or received, while a request is answered (milliseconds). */
  readonly idleMs: number
}

export const defaultLimits: ConnectionLimits = {
  maxPerAddress: 500, maxConnections: 2000, headersMs: 20_000, requestMs: 60_000, longestRequestMs: 300_000, idleMs: 120_000,
}

/** Counters for `/metrics`. */
export interface ConnectionCounts {
  readonly open: number
  readonly refused: Readonly<Record<RefusalReason, number>>
}

type RefusalReason = 'address' | 'total'

/** A refused client reads the answer within this time (milliseconds). */
const LINGER_MS = 1000
/** More refused connections than this are closed without an answer. */
const MAX_LINGERING = 100
const RETRY_AFTER_SECONDS = 30
const refusal = ['HTTP/1.1 503 Service Unavailable', `Retry-After: ${RETRY_AFTER_SECONDS}`, 'Cache-Control: no-store', 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n')

/**
 * Refuses connections above the limits, before anything is read from them. With HOST=localhost Fastify listens on a second
 * loopback address, which has no such limit: only this machine reaches it.
 */
export function limitConnections (app: FastifyInstance, { maxPerAddress, maxConnections }: ConnectionLimits, trustedProxies: readonly string[]): ConnectionCounts {
  const isProxy = createAddressMatcher(trustedProxies)
  const counts = { open: 0, refused: { address: 0, total: 0 } }
  const perAddress = new Map<string, number>()
  let lingering = 0
  replaceListener(app.server, accept => socket => {
    const peer = socket.remoteAddress ?? ''
    const group = isProxy(peer) ? undefined : addressGroup(peer)
    const own = group === undefined ? 0 : perAddress.get(group) ?? 0
    if (counts.open >= maxConnections) return refuse(socket, 'total')
    if (own >= maxPerAddress) return refuse(socket, 'address')
    counts.open++
    if (group !== undefined) perAddress.set(group, own + 1)
    socket.once('close', () => {
      counts.open--
      if (group === undefined) return
      const left = perAddress.get(group)! - 1
      if (left === 0) perAddress.delete(group)
      else perAddress.set(group, left)
    })
    accept(socket)
  })
  return counts

  function refuse (socket: Socket, reason: RefusalReason): void {
    counts.refused[reason]++
    socket.on('error', () => {})
    if (lingering >= MAX_LINGERING) {
      socket.destroy()
      return
    }
    lingering++
    // What the client sends is read and dropped: otherwise the system would reset the connection, and the answer with it.
    socket.resume().end(refusal)
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref()
    socket.once('close', () => {
      lingering--
      clearTimeout(timer)
    })
  }
}

/** Puts a function between the server's new connections and its HTTP parser. */
function replaceListener (server: Server, wrap: (accept: (socket: Socket) => void) => (socket: Socket) => void): void {
  const [parse] = server.listeners('connection') as Array<(socket: Socket) => void>
  server.removeAllListeners('connection').on('connection', wrap(socket => parse!.call(server, socket)))
}

/** The options of Fastify for these limits. Node checks them every few seconds. */
export function toServerOptions ({ headersMs, longestRequestMs, idleMs }: ConnectionLimits) {
  return {
    connectionTimeout: idleMs,
    requestTimeout: longestRequestMs,
    http: { headersTimeout: headersMs, requestTimeout: longestRequestMs, connectionsCheckingInterval: Math.min(5000, headersMs / 4) },
  }
}

/**
 * Ends a request whose body takes too long to arrive. The time is that for receiving a request, never for answering it. A
 * route with `requestMs` gets more time only once its `onRequest` hooks have let the request through.
 */
export function limitRequestTime (app: FastifyInstance, { requestMs, longestRequestMs }: ConnectionLimits): void {
  const timers = new WeakMap<IncomingMessage, NodeJS.Timeout>()
  const limit = (request: IncomingMessage, time: number) => {
    clearTimeout(timers.get(request))
    timers.set(request, setTimeout(endRequest, time, request).unref())
  }
  app.addHook('onRequest', async ({ raw }) => {
    // An injected request has no connection, and is complete.
    if (!(raw.socket instanceof Socket) || raw.complete || !announcesBody(raw)) return
    limit(raw, requestMs)
    const stop = () => clearTimeout(timers.get(raw))
    raw.once('end', stop).once('close', stop)
  })
  app.addHook('preParsing', async request => {
    if (request.routeOptions.config.hasLongUpload === true && timers.has(request.raw)) limit(request.raw, longestRequestMs)
  })
}

function announcesBody ({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

const timeout = 'HTTP/1.1 408 Request Timeout\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

function endRequest ({ socket, complete }: IncomingMessage): void {
  if (!complete) endWithTimeout(socket)
}

/** Answers 408 and closes. A browser that opened the connection in advance and sent nothing would show the answer to its next request, so it gets none. */
export function endWithTimeout (socket: Socket): void {
  if (socket.writable && socket.bytesRead > 0) socket.write(timeout)
  socket.destroySoon()
}
