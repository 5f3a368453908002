/** Describes the problems with which calls of the API can fail, for its OpenAPI document. Pure. */
import { z } from 'zod'
import { translator } from '../../i18n/translate.js'
import { problemCodes, statusOf } from '../problems.js'

/** RFC 9457, with our own `code`. The document defines it once, under its id. */
const problemSchema = z.object({
  type: z.url().describe('Where the problem is explained'),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().describe('What can be done about it, in the reader’s language'),
  code: z.enum(problemCodes).describe('The first of the refusals where rules refused the request'),
  errors: z.array(z.object({ path: z.string().describe('Dotted, such as letter.postcode'), message: z.string() })).optional()
    .describe('With validation-failed: every invalid field'),
  refusals: z.array(z.object({ code: z.enum(problemCodes), detail: z.string() })).optional()
    .describe('Where rules refused the request: every reason, in the order of the rules'),
  state: z.string().optional().describe('With a step that is not allowed: the state of the slip'),
  steps: z.array(z.string()).optional().describe('With a step that is not allowed: the steps that are'),
}).meta({ id: 'Problem' })

/** The properties of a call that decide how it can fail. */
export interface OperationTraits {
  readonly method: string
  /** Anyone may make the call, without signing in. */
  readonly isPublic: boolean
  readonly hasBody: boolean
  /** The path names an entity. */
  readonly hasParams: boolean
  readonly hasQuery: boolean
}

/** Lists the statuses with which a call can fail, ascending. */
function listProblemStatuses ({ method, isPublic, hasBody, hasParams, hasQuery }: OperationTraits): number[] {
  const changes = method !== 'GET' && hasBody && !isPublic
  return [
    ...hasBody || hasParams || hasQuery ? [400] : [],
    ...isPublic && !hasBody ? [] : [401],
    ...isPublic ? [] : [403],
    ...hasParams ? [404] : [],
    ...changes ? [409] : [],
    ...hasBody ? [413, 415] : [],
    ...changes ? [422] : [],
    ...isPublic && hasBody ? [429] : [],
    500,
    503,
  ]
}

/** Builds the problem responses of a call, by status. */
export function buildProblemResponses (call: OperationTraits) {
  return Object.fromEntries(listProblemStatuses(call).map(status => [status, buildProblemResponse(status)]))
}

/** Describes the answer of one status, for a call that can fail with a status which its traits do not imply. */
export function buildProblemResponse (status: number) {
  return {
    description: formatStatusTitle(status),
    ...status === 503 && { headers: { 'Retry-After': 'Seconds' } },
    content: { 'application/problem+json': { schema: problemSchema } },
  }
}

function formatStatusTitle (status: number): string {
  const code = problemCodes.find(one => statusOf(one) === status)
  return translator('en')(status === 422 ? 'problems.refused.title' : `problems.${code as 'conflict'}.title`)
}
