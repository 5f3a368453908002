/** The API that other programs use to check the log: checkpoints, leaves and proofs. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { createNodeCryptoTreeHasher, toVerifierKeys } from '../audit/sealing/log-crypto.js'
import { findNewestCheckpointNote, parseCheckpointOrigin } from '../audit/sealing/seal-preconditions.js'
import { readLogEnd, readRangeHashes } from '../audit/sealing/stored-log.js'
import { toBase64 } from '../audit/transparency-log/hashes.js'
import { computeConsistencyRanges, computeInclusionRanges, type LeafRange } from '../audit/transparency-log/merkle-tree.js'
import { formatVerifierKey } from '../audit/transparency-log/signed-note.js'
import type { StreamLimiter } from '../http/streams.js'
import { InvalidInput } from '../institution/errors.js'
import { requireSession } from '../staff/authenticate.js'
import { requireCurrentCheckpoint, type SealingDeps } from './event-proof.js'
import { recordLogAccess, streamCheckpoints, streamLeafHashes, streamLeaves } from './log-streams.js'

const leafIndexSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const leafPageQuery = z.strictObject({
  from: leafIndexSchema.default(0).describe('The index of the first leaf'),
  limit: leafIndexSchema.min(1).default(Number.MAX_SAFE_INTEGER).describe('The largest number of leaves; all sealed leaves by default'),
})
const proofResponse = z.object({ hashes: z.array(z.string().describe('Base64')).describe('In the order of RFC 6962') })
const tags = ['Proofs']

function plainTextResponse (what: string, type = 'text/plain') {
  return { 200: { description: what, content: { [type]: { schema: z.any().meta({ type: 'string', description: what }) } } } }
}

export interface ProofRouteDeps extends SealingDeps {
  readonly streams: StreamLimiter
}

export const proofsApi: FastifyPluginAsyncZod<ProofRouteDeps> = async (app, deps) => {
  const { db, logSettings, streams } = deps

  app.get('/audit/checkpoint', {
    config: { permission: 'log:prove' },
    schema: { tags, summary: 'The newest checkpoint, which covers every event up to now', response: plainTextResponse('A signed note in the format of c2sp.org/tlog-checkpoint') },
  }, async (_request, reply) => await reply.type(PLAIN_TEXT_TYPE).send(await requireCurrentCheckpoint(deps)))

  app.get('/audit/checkpoints', {
    config: { permission: 'log:prove' },
    exposeHeadRoute: false,
    schema: { tags, summary: 'Every checkpoint, the oldest first', response: plainTextResponse('Signed notes, separated by an empty line') },
  }, async (request, reply) => await streams.sendText(reply.type(PLAIN_TEXT_TYPE), requireSession(request).staff.id, async () => streamCheckpoints(db)))

  app.get('/audit/verifier-key', {
    config: { permission: 'log:prove' },
    schema: { tags, summary: 'The key that verifies checkpoints', response: plainTextResponse('name+hash+key, in the format of c2sp.org/signed-note') },
  }, async (_request, reply) => {
    const origin = parseCheckpointOrigin(await findNewestCheckpointNote(db)) ?? logSettings.origin
    return await reply.type(PLAIN_TEXT_TYPE).send(formatVerifierKey(toVerifierKeys(logSettings.keys, origin)[0]))
  })

  app.get('/audit/leaves', {
    config: { permission: 'log:read' },
    exposeHeadRoute: false,
    schema: {
      tags,
      summary: 'Leaves of the log',
      description: 'Each line, without its line end, is exactly one leaf, byte for byte: the RFC 8785 canonical JSON of one audit event. Streams of the log count as exports: a user can run up to four at the same time.',
      querystring: leafPageQuery,
      response: plainTextResponse('One leaf per line', 'application/x-ndjson'),
    },
  }, async (request, reply) => {
    const { size, sequence } = await readLogEnd(db)
    requireAtMost({ from: request.query.from }, size)
    return await streams.sendText(reply.type('application/x-ndjson; charset=utf-8'), requireSession(request).staff.id, async () => {
      await recordLogAccess(deps, requireSession(request), request.query)
      return streamLeaves(db, request.query, sequence)
    })
  })

  app.get('/audit/leaf-hashes', {
    config: { permission: 'log:prove' },
    exposeHeadRoute: false,
    schema: {
      tags, summary: 'The hashes of leaves, as they were sealed', querystring: leafPageQuery, response: plainTextResponse('One leaf per line: its hash in base64 and the id of its event'),
    },
  }, async (request, reply) => {
    requireAtMost({ from: request.query.from }, (await readLogEnd(db)).size)
    return await streams.sendText(reply.type(PLAIN_TEXT_TYPE), requireSession(request).staff.id, async () => streamLeafHashes(db, request.query))
  })

  app.get('/audit/proofs/inclusion', {
    config: { permission: 'log:prove' },
    schema: {
      tags, summary: 'The proof that a leaf is in the log of that size', querystring: z.strictObject({ leaf: leafIndexSchema, size: leafIndexSchema }), response: { 200: proofResponse },
    },
  }, async request => {
    const { leaf, size } = request.query
    requireAtMost({ size }, (await readLogEnd(db)).size)
    requireAtMost({ leaf }, size - 1)
    return await readProof(computeInclusionRanges(leaf, size))
  })

  app.get('/audit/proofs/consistency', {
    config: { permission: 'log:prove' },
    schema: {
      tags, summary: 'The proof that the log of one size is the beginning of a larger one', querystring: z.strictObject({ from: leafIndexSchema, to: leafIndexSchema }), response: { 200: proofResponse },
    },
  }, async request => {
    const { from, to } = request.query
    requireAtMost({ to }, (await readLogEnd(db)).size)
    requireAtMost({ from }, to)
    return await readProof(computeConsistencyRanges(from, to))
  })

  async function readProof (ranges: readonly LeafRange[]): Promise<z.output<typeof proofResponse>> {
    return { hashes: (await readRangeHashes(db, createNodeCryptoTreeHasher(), ranges)).map(toBase64) }
  }
}

const PLAIN_TEXT_TYPE = 'text/plain; charset=utf-8'

/** @throws {InvalidInput} naming the parameters that are too large */
function requireAtMost (parameters: Readonly<Record<string, number>>, largest: number): void {
  const errors = Object.entries(parameters).filter(([, value]) => value > largest).map(([path]) => ({ path, message: 'beyond-the-log' }))
  if (errors.length > 0) throw new InvalidInput(errors)
}
