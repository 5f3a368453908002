/** The auditor's page of the log: how it stands, and everything that checks it, to take away. */
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Deps } from '../app.js'
import { parseCheckpointText } from '../audit/log/checkpoint.js'
import { formatVerifierKey, parseNote } from '../audit/log/note.js'
import { verifierKeysOf } from '../audit/sealing/log-keys.js'
import { sealLog } from '../audit/sealing/seal.js'
import { findLogEnd } from '../audit/sealing/stored-tree.js'
import { newestNote, originIn } from '../audit/sealing/why-not-sealed.js'
import { projectRoot } from '../paths.js'
import { signedIn } from '../staff/authenticate.js'
import { checkpointNotes, leafHashLines, leafLines } from './log-streams.js'
import { recordLogReading } from './read-log.js'

const whole = { from: 0, limit: Number.MAX_SAFE_INTEGER }
const verifier = new URL('templates/verifier/verifier.html', projectRoot)

export const proofsPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, log, now, logger } = deps

  app.get('/log', { config: { may: 'log:prove' } }, async (_request, reply) => {
    const sealed = await sealLog(db, log, now())
    if ('reason' in sealed) logger.fatal(sealed, 'THE LOG IS NOT SIGNED ANY MORE: the database is no continuation of what was signed before')
    const note = 'reason' in sealed ? await newestNote(db) : sealed.note
    const origin = originIn(note) ?? log.origin
    return await reply.page('log/show', {
      state: 'reason' in sealed ? 'notSigned' : sealed.whole ? 'signed' : 'heldBack',
      checkpoint: note,
      size: parseCheckpointText(parseNote(note ?? '')?.text ?? '')?.size ?? 0,
      keys: verifierKeysOf(log.keys, origin).map(formatVerifierKey),
    })
  })

  app.get('/log/verifier.html', { config: { may: 'log:prove' } }, async (_request, reply) => await send(reply, 'verifier.html', 'text/html', await readFile(verifier, 'utf8')))

  app.get('/log/checkpoints.txt', { config: { may: 'log:prove' } }, async (_request, reply) => await send(reply, 'checkpoints.txt', 'text/plain', checkpointNotes(db)))

  app.get('/log/leaf-hashes.txt', { config: { may: 'log:prove' } }, async (_request, reply) => await send(reply, 'leaf-hashes.txt', 'text/plain', leafHashLines(db, whole)))

  app.get('/log/leaves.ndjson', { config: { may: 'log:read' } }, async (request, reply) => {
    const { sequence } = await findLogEnd(db)
    await recordLogReading(deps, signedIn(request), whole)
    return await send(reply, 'leaves.ndjson', 'application/x-ndjson', leafLines(db, whole, sequence))
  })
}

/** As a file to keep; nothing of it is shown inside the house. */
async function send (reply: FastifyReply, name: string, type: string, content: string | AsyncIterable<string>): Promise<FastifyReply> {
  return await reply.header('content-disposition', `attachment; filename="${name}"`).type(`${type}; charset=utf-8`)
    .send(typeof content === 'string' ? content : Readable.from(content, { objectMode: false }))
}
