/** What comes in so broken that no route and no hook ever sees it still gets a problem for an answer. */
import type { Socket } from 'node:net'
import { translator } from '../i18n/translate.js'
import { toProblemBody } from './error-handler.js'
import { Problem } from './problems.js'

/**
 * The address from its path on, whether it was asked with the host (RFC 9112 §3.2.2) or without. Where it cannot
 * be decoded, one on the same side of the house at which there is nothing: so it is answered as any wrong
 * address is, in the reader's language, as JSON or as a page.
 */
export function normalizeUrl (target: string): string {
  const url = target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/')
  try {
    decodeURIComponent(url.split('?')[0]!)
    return url
  } catch {
    return url.startsWith('/api/') ? '/api/v1/unreadable' : '/unreadable'
  }
}

/** Answers what is no HTTP, or has headers beyond all measure, and closes. Whose language it is nobody knows. */
export function createClientErrorHandler (publicUrl: string): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    const problem = error.code === 'HPE_HEADER_OVERFLOW' ? new Problem('too-large') : new Problem('validation-failed', { variant: 'unreadable-body' })
    const body = toProblemBody(translator('en'), problem, publicUrl)
    const json = JSON.stringify(body)
    const head = [
      `HTTP/1.1 ${body.status} ${body.title}`, 'Content-Type: application/problem+json; charset=utf-8', `Content-Length: ${Buffer.byteLength(json)}`,
      'Cache-Control: no-store', 'X-Content-Type-Options: nosniff', 'Connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${json}`)
  }
}
