/** What anybody's own program needs to check the log: checkpoints, leaves and proofs. */
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../app.js'
import { toBase64 } from '../audit/log/base64.js'
import { formatVerifierKey } from '../audit/log/note.js'
import { consistencyRuns, inclusionRuns, type Run } from '../audit/log/subtrees.js'
import { verifierKeysOf } from '../audit/sealing/log-keys.js'
import { nodeTreeHash } from '../audit/sealing/node-crypto.js'
import { findLogEnd, hashesOfRuns } from '../audit/sealing/stored-tree.js'
import { newestNote, originIn } from '../audit/sealing/why-not-sealed.js'
import { Problem } from '../http/problems.js'
import { signedIn } from '../staff/authenticate.js'
import { checkpointNotes, leafHashLines, leafLines } from './log-streams.js'
import { recordLogReading } from './read-log.js'
import { sealedNow } from './sealed-now.js'

const place = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const stretchQuery = z.strictObject({
  from: place.default(0).describe('The index of the first leaf'),
  limit: place.min(1).default(Number.MAX_SAFE_INTEGER).describe('How many at most; without it all that are sealed'),
})
const proofAnswer = z.object({ hashes: z.array(z.string().describe('Base64')).describe('In the order of RFC 6962') })
const tags = ['Proofs']

function plainText (what: string, type = 'text/plain') {
  return { 200: { description: what, content: { [type]: { schema: z.any().meta({ type: 'string', description: what }) } } } }
}

export const proofsApi: FastifyPluginAsyncZod<Deps> = async (app, deps) => {
  const { db, log } = deps

  app.get('/audit/checkpoint', {
    config: { may: 'log:prove' },
    schema: { tags, summary: 'The newest checkpoint, sealed up to this moment', response: plainText('A signed note as c2sp.org/tlog-checkpoint has it') },
  }, async (_request, reply) => await reply.type(textType).send(await sealedNow(deps)))

  app.get('/audit/checkpoints', {
    config: { may: 'log:prove' },
    schema: { tags, summary: 'Every checkpoint, the oldest first', response: plainText('Signed notes, parted by an empty line') },
  }, async (_request, reply) => await reply.type(textType).send(Readable.from(checkpointNotes(db), { objectMode: false })))

  app.get('/audit/verifier-key', {
    config: { may: 'log:prove' },
    schema: { tags, summary: 'The key that verifies checkpoints', response: plainText('name+hash+key, as c2sp.org/signed-note has it') },
  }, async (_request, reply) => {
    const origin = originIn(await newestNote(db)) ?? log.origin
    return await reply.type(textType).send(formatVerifierKey(verifierKeysOf(log.keys, origin)[0]))
  })

  app.get('/audit/leaves', {
    config: { may: 'log:read' },
    schema: {
      tags,
      summary: 'Leaves of the log',
      description: 'Each line, without its line end, is byte for byte one leaf: the RFC 8785 canonical JSON of one audit event.',
      querystring: stretchQuery,
      response: plainText('One leaf a line', 'application/x-ndjson'),
    },
  }, async (request, reply) => {
    const { size, sequence } = await findLogEnd(db)
    requireWithin({ from: request.query.from }, size)
    await recordLogReading(deps, signedIn(request), request.query)
    return await reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(leafLines(db, request.query, sequence), { objectMode: false }))
  })

  app.get('/audit/leaf-hashes', {
    config: { may: 'log:prove' },
    schema: {
      tags, summary: 'The hashes of leaves, as they were sealed', querystring: stretchQuery, response: plainText('One leaf a line: its hash in base64 and its event’s id'),
    },
  }, async (request, reply) => {
    requireWithin({ from: request.query.from }, (await findLogEnd(db)).size)
    return await reply.type(textType).send(Readable.from(leafHashLines(db, request.query), { objectMode: false }))
  })

  app.get('/audit/proofs/inclusion', {
    config: { may: 'log:prove' },
    schema: {
      tags, summary: 'That a leaf is in the log of that size', querystring: z.strictObject({ leaf: place, size: place }), response: { 200: proofAnswer },
    },
  }, async request => {
    const { leaf, size } = request.query
    requireWithin({ size }, (await findLogEnd(db)).size)
    requireWithin({ leaf }, size - 1)
    return await proofOf(inclusionRuns(leaf, size))
  })

  app.get('/audit/proofs/consistency', {
    config: { may: 'log:prove' },
    schema: {
      tags, summary: 'That the log of one size is the beginning of the log of a later one', querystring: z.strictObject({ from: place, to: place }), response: { 200: proofAnswer },
    },
  }, async request => {
    const { from, to } = request.query
    requireWithin({ to }, (await findLogEnd(db)).size)
    requireWithin({ from }, to)
    return await proofOf(consistencyRuns(from, to))
  })

  async function proofOf (runs: readonly Run[]): Promise<z.output<typeof proofAnswer>> {
    return { hashes: (await hashesOfRuns(db, nodeTreeHash(), runs)).map(toBase64) }
  }
}

const textType = 'text/plain; charset=utf-8'

/** @throws {Problem} naming the parameter that is larger than it can be */
function requireWithin (asked: Readonly<Record<string, number>>, largest: number): void {
  const errors = Object.entries(asked).filter(([, value]) => value > largest).map(([path]) => ({ path, message: 'beyond-the-log' }))
  if (errors.length > 0) throw new Problem('validation-failed', { errors })
}
