/** The one place where a failure becomes an answer: problem+json at the API, a page elsewhere. */
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toDatabaseProblem } from '../database/errors.js'
import { formatRefusal, hasText, type Translate, translator } from '../i18n/translate.js'
import { formatFieldError } from './forms.js'
import { Problem, Refused, statusOf } from './problems.js'

export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  code: string
  errors?: Array<{ path: string, message: string }>
  refusals?: Array<{ code: string, detail: string }>
}

/** Handles every error. */
export function addErrorHandler (app: FastifyInstance, publicUrl: string): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = toProblem(error)
    const level = problem.code === 'internal-error' ? 'error' : problem.code === 'unavailable' ? 'warn' : 'debug'
    request.log[level]({ err: problem.cause ?? problem, code: problem.code }, 'request failed')
    return await sendProblem(request, reply, problem, publicUrl)
  })
}

/**
 * Answers every address of this scope at which there is nothing. Register it behind the scope's hooks: then
 * whoever is signed in keeps the menu. It answers before a body is read.
 */
export function addNotFoundHandler (app: FastifyInstance): void {
  const nothingHere = async (): Promise<never> => { throw new Problem('not-found') }
  app.addHook('onRequest', async request => { if (request.is404) await nothingHere() })
  app.setNotFoundHandler(nothingHere)
}

/** The problem as the API tells it, in the reader's language. */
export function toProblemBody (t: Translate, problem: Problem, publicUrl: string): ProblemBody {
  const refusals = problem instanceof Refused ? problem.refusals : []
  return {
    type: `${publicUrl}/docs#problem-${problem.code}`,
    title: formatTitle(t, problem),
    status: statusOf(problem.code),
    detail: refusals[0] === undefined ? formatDetail(t, problem) : formatRefusal(t, refusals[0]),
    code: problem.code,
    ...problem.members,
    ...(problem.errors.length > 0 ? { errors: problem.errors.map(error => ({ path: error.path, message: formatFieldError(t, error) })) } : {}),
    ...(refusals.length > 0 ? { refusals: refusals.map(refusal => ({ code: refusal.code, detail: formatRefusal(t, refusal) })) } : {}),
  }
}

/** Any error as a Problem; what nobody foresaw is `internal-error` and tells nothing. */
export function toProblem (error: unknown): Problem {
  if (error instanceof Problem) return error
  const fromDatabase = toDatabaseProblem(error)
  if (fromDatabase !== undefined) return fromDatabase
  switch ((error as FastifyError).statusCode) {
    case 400: return toUnreadableProblem(error)
    // A path that leads out of the folder of assets: there is nothing there for anybody.
    case 403: case 404: return new Problem('not-found', { cause: error })
    case 413: return new Problem('too-large', { cause: error })
    case 414: case 431: return new Problem('too-large', { cause: error })
    case 415: return new Problem('unsupported-media-type', { cause: error })
    case 429: return new Problem('too-many-requests', { cause: error })
    case 503: return new Problem('unavailable', { cause: error, headers: { 'retry-after': '5' } })
    default: return new Problem('internal-error', { cause: error })
  }
}

/** Where the fault lies nobody can say: the path is that of the whole. */
function toUnreadableProblem (cause: unknown): Problem {
  return new Problem('validation-failed', { variant: 'unreadable-body', errors: [{ path: '', message: 'invalid' }], cause })
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

function formatDetail (t: Translate, problem: Problem): string {
  const key = `problems.${problem.code}.${problem.variant ?? 'detail'}`
  return hasText(key) ? t(key, { ...problem.values, ...formatTermLists(t, problem.words) }) : t('problems.internal-error.detail')
}

/** "receive (a porter of its desk), return (a porter of its desk, a helpdesk agent)". */
function formatTermLists (t: Translate, words: Problem['words']): Record<string, string> {
  const said = (keys: readonly string[]) => keys.filter(hasText).map(key => t(key))
  return Object.fromEntries(Object.entries(words).map(([name, entries]) => [name, entries.map(entry => {
    const [first, ...others] = said(entry)
    return others.length > 0 ? `${first} (${others.join(', ')})` : first
  }).join(', ')]))
}

// What comes in so broken that no route and no hook ever sees it still gets a problem for an answer.

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
