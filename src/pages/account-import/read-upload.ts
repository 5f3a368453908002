/** Reads a form with a file (multipart/form-data), on the routes that expect one. */
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { UnreadableInput } from '../../institution/errors.js'

/** The largest file that is kept, in bytes: 20 MB. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024
/** A larger request is cut off; a file between the two limits is read and dropped, so that its form can say what to do. */
const MAX_REQUEST_BYTES = 5 * MAX_FILE_BYTES
const MAX_NAME_LENGTH = 200

/** A file of a form. */
export class UploadedFile {
  /** @param bytes empty when the file is larger than `MAX_FILE_BYTES` */
  constructor (readonly name: string, readonly bytes: Buffer, readonly isTooLarge: boolean) {}
}

/**
 * Accepts forms with a file on the routes of this scope. The body has the texts of the fields, and an `UploadedFile` for
 * a field with a file. It is read before the form token is checked, but after the session and the permission.
 */
export function acceptUploads (app: FastifyInstance): void {
  app.addContentTypeParser('multipart/form-data', { bodyLimit: MAX_REQUEST_BYTES }, async (request: FastifyRequest, payload: Readable) => await readForm(request.headers as BusboyHeaders, payload))
}

async function readForm (headers: BusboyHeaders, payload: Readable): Promise<Record<string, string | UploadedFile>> {
  return await new Promise((resolve, reject) => {
    const body = new Map<string, string | UploadedFile>()
    const refuse = (cause: unknown) => {
      payload.unpipe()
      payload.resume()
      reject(new UnreadableInput([], { cause }))
    }
    try {
      const form = new Busboy({ headers, limits: { fileSize: MAX_FILE_BYTES, files: 1, fields: 10, fieldSize: 1000, parts: 12 } })
      form.on('field', (name, value) => body.set(name, value))
      form.on('file', (field, stream, name) => {
        let chunks: Buffer[] = []
        let isTooLarge = false
        stream.on('data', (chunk: Buffer) => { if (!isTooLarge) chunks.push(chunk) })
        stream.on('limit', () => {
          isTooLarge = true
          chunks = []
        })
        stream.on('end', () => body.set(field, new UploadedFile(toFileName(name), Buffer.concat(chunks), isTooLarge)))
      })
      form.on('finish', () => resolve(Object.fromEntries(body)))
      form.on('error', refuse)
      payload.on('error', refuse)
      limitRequest(payload, refuse)
      payload.pipe(form)
    } catch (error) {
      refuse(error)
    }
  })
}

/** A request without a length could go on for ever. */
function limitRequest (payload: Readable, refuse: (cause: unknown) => void): void {
  let bytes = 0
  payload.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_REQUEST_BYTES) refuse(new Error('the request is too large'))
  })
}

/** The name without folders, as some browsers send them, and without characters that cannot be shown. */
function toFileName (name: string): string {
  return basename(name.replaceAll('\\', '/')).replace(/[\p{C}]/gu, '').slice(0, MAX_NAME_LENGTH)
}
