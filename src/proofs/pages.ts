/** The audit log page: its state, and downloads to verify it. */
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { toVerifierKeys } from '../audit/sealing/log-crypto.js'
import { sealLog } from '../audit/sealing/seal-log.js'
import { findNewestCheckpointNote, parseCheckpointOrigin, SEALING_STOPPED } from '../audit/sealing/seal-preconditions.js'
import { readLogEnd } from '../audit/sealing/stored-log.js'
import { parseCheckpoint } from '../audit/transparency-log/checkpoint.js'
import { formatVerifierKey, parseNote } from '../audit/transparency-log/signed-note.js'
import { requireSession } from '../staff/authenticate.js'
import type { SealingDeps } from './event-proof.js'
import { recordLogAccess, streamCheckpoints, streamLeafHashes, streamLeaves } from './log-streams.js'

const wholeLog = { from: 0, limit: Number.MAX_SAFE_INTEGER }
/** Relative to the compiled file in `dist/src/proofs/`. */
const verifierFile = new URL('../../../templates/verifier/verifier.html', import.meta.url)

export const proofsPages: FastifyPluginAsync<SealingDeps> = async (app, deps) => {
  const { db, logSettings, now, logger } = deps

  app.get('/log', { config: { permission: 'log:prove' } }, async (_request, reply) => {
    const sealed = await sealLog(db, logSettings, now())
    if ('reason' in sealed) logger.fatal(sealed, SEALING_STOPPED)
    const note = 'reason' in sealed ? await findNewestCheckpointNote(db) : sealed.note
    const origin = parseCheckpointOrigin(note) ?? logSettings.origin
    return await reply.page('log/show', {
      state: 'reason' in sealed ? 'notSigned' : sealed.isComplete ? 'signed' : 'heldBack',
      checkpoint: note,
      size: parseCheckpoint(parseNote(note ?? '')?.text ?? '')?.size ?? 0,
      keys: toVerifierKeys(logSettings.keys, origin).map(formatVerifierKey),
    })
  })

  app.get('/log/verifier.html', { config: { permission: 'log:prove' } }, async (_request, reply) => await sendAttachment(reply, 'verifier.html', 'text/html', await readFile(verifierFile, 'utf8')))

  app.get('/log/checkpoints.txt', { config: { permission: 'log:prove' } }, async (_request, reply) => await sendAttachment(reply, 'checkpoints.txt', 'text/plain', streamCheckpoints(db)))

  app.get('/log/leaf-hashes.txt', { config: { permission: 'log:prove' } }, async (_request, reply) => await sendAttachment(reply, 'leaf-hashes.txt', 'text/plain', streamLeafHashes(db, wholeLog)))

  app.get('/log/leaves.ndjson', { config: { permission: 'log:read' } }, async (request, reply) => {
    const { sequence } = await readLogEnd(db)
    await recordLogAccess(deps, requireSession(request), wholeLog)
    return await sendAttachment(reply, 'leaves.ndjson', 'application/x-ndjson', streamLeaves(db, wholeLog, sequence))
  })
}

/** Sends the content as a download, never to be shown inside the application. */
async function sendAttachment (reply: FastifyReply, name: string, type: string, content: string | AsyncIterable<string>): Promise<FastifyReply> {
  return await reply.header('content-disposition', `attachment; filename="${name}"`).type(`${type}; charset=utf-8`)
    .send(typeof content === 'string' ? content : Readable.from(content, { objectMode: false }))
}
