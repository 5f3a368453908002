/** The audit log page: its state, and downloads to verify it. */
import { readFile } from 'node:fs/promises'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { toVerifierKeys } from '../audit/sealing/log-crypto.js'
import { sealLog } from '../audit/sealing/seal-log.js'
import { findNewestCheckpointNote, parseCheckpointOrigin, SEALING_STOPPED } from '../audit/sealing/seal-preconditions.js'
import { readLogEnd } from '../audit/sealing/stored-log.js'
import { parseCheckpoint } from '../audit/transparency-log/checkpoint.js'
import { formatVerifierKey, parseNote } from '../audit/transparency-log/signed-note.js'
import { requireSession } from '../staff/authenticate.js'
import type { ProofRouteDeps } from './api.js'
import { recordLogAccess, streamCheckpoints, streamLeafHashes, streamLeaves } from './log-streams.js'

const wholeLog = { from: 0, limit: Number.MAX_SAFE_INTEGER }
/** Relative to the compiled file in `dist/src/proofs/`. */
const verifierFile = new URL('../../../templates/verifier/verifier.html', import.meta.url)

export const proofsPages: FastifyPluginAsync<ProofRouteDeps> = async (app, deps) => {
  const { db, logSettings, now, logger, streams } = deps

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

  app.get('/log/verifier.html', { config: { permission: 'log:prove' } }, async (_request, reply) => await toAttachment(reply, 'verifier.html', 'text/html').send(await readFile(verifierFile, 'utf8')))

  app.get('/log/checkpoints.txt', { config: { permission: 'log:prove' }, exposeHeadRoute: false }, async (request, reply) =>
    await streams.sendText(reply, requireSession(request).staff.id, async () => {
      toAttachment(reply, 'checkpoints.txt', 'text/plain')
      return streamCheckpoints(db)
    }))

  app.get('/log/leaf-hashes.txt', { config: { permission: 'log:prove' }, exposeHeadRoute: false }, async (request, reply) =>
    await streams.sendText(reply, requireSession(request).staff.id, async () => {
      toAttachment(reply, 'leaf-hashes.txt', 'text/plain')
      return streamLeafHashes(db, wholeLog)
    }))

  app.get('/log/leaves.ndjson', { config: { permission: 'log:read' }, exposeHeadRoute: false }, async (request, reply) => {
    const { sequence } = await readLogEnd(db)
    return await streams.sendText(reply, requireSession(request).staff.id, async () => {
      toAttachment(reply, 'leaves.ndjson', 'application/x-ndjson')
      await recordLogAccess(deps, requireSession(request), wholeLog)
      return streamLeaves(db, wholeLog, sequence)
    })
  })
}

/** Makes the answer a download, never to be shown inside the application. */
function toAttachment (reply: FastifyReply, name: string, type: string): FastifyReply {
  return reply.header('content-disposition', `attachment; filename="${name}"`).type(`${type}; charset=utf-8`)
}
