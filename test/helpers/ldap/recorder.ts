/** An LDAP server that records requests byte for byte and sends any answer, including invalid ones. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { BerReader, BerWriter } from 'ldapts'
import type { Test } from 'tap'

/** BER tags of the LDAP operations (RFC 4511 §4.2 ff.). */
export const operationTags = { bind: 0x60, unbind: 0x42, search: 0x63, modify: 0x66, extended: 0x77 } as const
const answerTags: Readonly<Record<number, number>> = { 0x60: 0x61, 0x63: 0x65, 0x66: 0x67, 0x77: 0x78 }

export interface RecordedRequest {
  readonly id: number
  readonly tag: number
  /** The bytes of the operation, including its tag. */
  readonly bytes: Buffer
  readonly socket: Socket
}

export interface LdapRecorder {
  readonly url: string
  readonly recorded: RecordedRequest[]
}

/** Starts the recorder. @param answer returns the bytes to send; where it returns none for a bind, the bind succeeds */
export async function startLdapRecorder (t: Test, answer: (request: RecordedRequest) => Buffer | undefined | Promise<Buffer | undefined>): Promise<LdapRecorder> {
  const recorded: RecordedRequest[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    let waiting = Buffer.alloc(0)
    socket.on('error', () => {}).on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk])
      for (let message = parseFirstMessage(waiting); message !== undefined; message = parseFirstMessage(waiting)) {
        waiting = waiting.subarray(message.length)
        const request = { ...message, socket }
        recorded.push(request)
        Promise.resolve(answer(request)).then(bytes => bytes ?? (request.tag === operationTags.bind ? encodeResult(request, 0) : undefined))
          .then(bytes => { if (bytes !== undefined) socket.write(bytes) }, error => socket.destroy(error as Error))
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { url: `ldap://127.0.0.1:${(server.address() as { port: number }).port}`, recorded }
}

function parseFirstMessage (bytes: Buffer): { id: number, tag: number, bytes: Buffer, length: number } | undefined {
  const reader = new BerReader(bytes)
  if (reader.readSequence() === null || reader.remain < reader.length) return undefined
  const length = reader.offset + reader.length
  const id = reader.readInt()!
  return { id, tag: bytes[reader.offset]!, bytes: bytes.subarray(reader.offset, length), length }
}

/** Encodes the result that ends an operation. @param code a result code of RFC 4511 appendix A */
export function encodeResult ({ id, tag }: RecordedRequest, code: number, words = ''): Buffer {
  return encodeMessage(id, answerTags[tag]!, writer => {
    writer.writeEnumeration(code)
    writer.writeString('')
    writer.writeString(words)
  })
}

/** Encodes one entry of a search result. */
export function encodeEntry ({ id }: RecordedRequest, dn: string, attributes: Readonly<Record<string, string>>): Buffer {
  return encodeMessage(id, 0x64, writer => {
    writer.writeString(dn)
    writer.startSequence()
    for (const [name, value] of Object.entries(attributes)) {
      writer.startSequence()
      writer.writeString(name)
      writer.startSequence(0x31)
      writer.writeString(value)
      writer.endSequence()
      writer.endSequence()
    }
    writer.endSequence()
  })
}

function encodeMessage (id: number, tag: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeInt(id)
  writer.startSequence(tag)
  write(writer)
  writer.endSequence()
  writer.endSequence()
  return writer.buffer
}
