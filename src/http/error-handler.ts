/** Answers every failed request: problem+json at the API, a page elsewhere. */
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formatRefusal, hasText, type Translate, translator } from '../i18n/translate.js'
import { isDomainError, NotFound } from '../institution/errors.js'
import { formatFieldError } from '../institution/input.js'
import { networkOf } from '../institution/network-address.js'
import { logSecurityEvent } from '../monitoring/security-log.js'
import { activationPath } from './code-in-address.js'
import { endWithTimeout } from './connections.js'
import { toProblem } from './problem-mapping.js'
import { Problem, statusOf } from './problems.js'

export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  code: string
  errors?: Array<{ path: string, message: string }>
  refusals?: Array<{ code: string, detail: string }>
}

/** Logs every error and answers with its problem. */
export function addErrorHandler (app: FastifyInstance, publicUrl: string): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = toProblem(error)
    const level = problem.code === 'internal-error' ? 'error' : problem.code === 'unavailable' ? 'warn' : 'debug'
    // A domain error is only a code; what went wrong is its cause.
    if (problem.code === 'not-permitted') reportRefusal(request, problem)
    request.log[level]({ err: isDomainError(error) ? error.cause ?? error : error, code: problem.code }, 'request failed')
    return await sendProblem(request, reply, problem, publicUrl)
  })
}

/** A form from another site or session is a refused form; every other 403 is a denied access. */
function reportRefusal (request: FastifyRequest, { variant }: Problem): void {
  const { method, routeOptions, session, identitySystem, isFormStale } = request
  const place = { method, route: routeOptions.url, staff: session?.staff.id, network: networkOf(request.ip) }
  if (variant === 'form-too-old') return logSecurityEvent(request.log, { event: 'security.form-refused', reason: isFormStale ? 'stale' : 'cross-site', ...place })
  logSecurityEvent(request.log, { event: 'security.access-denied', reason: variant, ...place, identitySystem: identitySystem?.id })
}

/**
 * Answers every address of this scope that has no route. Register it after the scope's hooks, so that the page
 * keeps the menu of the user who is signed in. It answers before the body is read.
 */
export function addNotFoundHandler (app: FastifyInstance): void {
  const throwNotFound = async (): Promise<never> => { throw new NotFound('page') }
  app.addHook('onRequest', async request => { if (request.is404) await throwNotFound() })
  app.setNotFoundHandler(throwNotFound)
}

/** Builds the API's answer to any error, in the reader's language. */
export function toProblemBody (t: Translate, error: unknown, publicUrl: string): ProblemBody {
  const problem = toProblem(error)
  const { errors, refusals } = problem
  return {
    type: `${publicUrl}/docs#problem-${problem.code}`,
    title: formatTitle(t, problem),
    status: statusOf(problem.code),
    detail: refusals[0] === undefined ? formatDetail(t, problem) : formatRefusal(t, refusals[0]),
    code: problem.code,
    ...problem.members,
    ...(errors.length > 0 ? { errors: errors.map(error => ({ path: error.path, message: formatFieldError(t, error) })) } : {}),
    ...(refusals.length > 0 ? { refusals: refusals.map(refusal => ({ code: refusal.code, detail: formatRefusal(t, refusal) })) } : {}),
  }
}

async function sendProblem (request: FastifyRequest, reply: FastifyReply, problem: Problem, publicUrl: string): Promise<FastifyReply> {
  const body = toProblemBody(request.t, problem, publicUrl)
  reply.headers(problem.headers).header('cache-control', 'no-store')
  if (!isJsonRequest(request)) return await reply.page('errors/problem', { problem: body }, { status: body.status })
  return await reply.status(body.status).header('content-language', request.language)
    .type('application/problem+json; charset=utf-8').send(JSON.stringify(body))
}

function isJsonRequest (request: FastifyRequest): boolean {
  return request.url.startsWith('/api/') || request.url.startsWith('/healthz') || request.url.startsWith('/readyz') || request.url === '/openapi.json'
}

function formatTitle (t: Translate, problem: Problem): string {
  const key = `problems.${problem.code}.title`
  return hasText(key) ? t(key) : t('problems.refused.title')
}

function formatDetail (t: Translate, { code, variant, values, words }: Problem): string {
  const key = `problems.${code}.${variant}`
  return hasText(key) ? t(key, { ...values, ...formatTermLists(t, words) }) : t('problems.internal-error.detail')
}

/** Translates the entries of lists: "receive (a porter of this porter desk)", "return (a porter of this porter desk, a helpdesk agent)". */
function formatTermLists (t: Translate, words: Problem['words']): Record<string, string[]> {
  const translateKeys = (keys: readonly string[]) => keys.filter(hasText).map(key => t(key))
  return Object.fromEntries(Object.entries(words).map(([name, entries]) => [name, entries.map(entry => {
    const [first, ...others] = translateKeys(entry)
    return others.length > 0 ? `${first} (${others.join(', ')})` : first!
  })]))
}

// Requests that are too malformed for any route or hook still get a problem as their answer.

/**
 * Returns the path and query of a request target, with or without a host in it (RFC 9112 §3.2.2). A target that cannot be
 * decoded becomes an unknown path of the API, of the activation page or of the pages, so that it is answered like any
 * unknown path.
 */
export function normalizeUrl (target: string): string {
  const url = target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/')
  try {
    decodeURIComponent(url.split('?')[0]!)
    return url
  } catch {
    return url.startsWith('/api/') ? '/api/v1/unreadable' : activationPath.test(url) ? '/activate/unreadable' : '/unreadable'
  }
}

/** Creates the handler of requests that are not HTTP, too slow, or whose headers are too large: it answers in English and closes the connection. */
export function createClientErrorHandler (publicUrl: string): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return endWithTimeout(socket)
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
