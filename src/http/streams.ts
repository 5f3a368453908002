/** Sends long answers as streams: how many run at once, and when one that its reader has left is cut off. */
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { TooManyExports } from '../institution/errors.js'

/** Four, so that a user can export every format at the same time. */
const MAX_STREAMS_PER_USER = 4
/** Each export uses one of the ten database connections. */
const MAX_STREAMS = 6

export interface StreamTimes {
  /** How long a client may read nothing while data waits for it (milliseconds). */
  readonly maxPauseMs: number
  /** How long a stream may run (milliseconds). An export's snapshot prevents the database from vacuuming. */
  readonly maxDurationMs: number
}

const defaultTimes: StreamTimes = { maxPauseMs: 2 * 60_000, maxDurationMs: 2 * 60 * 60_000 }

/** Counts the streams of this process and sends each within the same limits. Every route that sends a stream uses it. */
export class StreamLimiter {
  readonly #running = new Map<string, number>()

  constructor (readonly times: StreamTimes = defaultTimes) {}

  /**
   * Reserves a stream for a staff member.
   * @returns a function that ends the reservation; it can be called more than once
   * @throws {TooManyExports} when the limit of this staff member, or of everyone, is reached
   */
  acquire (staffId: string): () => void {
    const own = this.#running.get(staffId) ?? 0
    const all = [...this.#running.values()].reduce((sum, count) => sum + count, 0)
    if (own >= MAX_STREAMS_PER_USER) throw new TooManyExports('own', MAX_STREAMS_PER_USER)
    if (all >= MAX_STREAMS) throw new TooManyExports('all', MAX_STREAMS)
    this.#running.set(staffId, own + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      if (this.#running.get(staffId) === 1) this.#running.delete(staffId)
      else this.#running.set(staffId, this.#running.get(staffId)! - 1)
    }
  }

  /**
   * Opens a stream and sends it, if the staff member may have another one. `open` also sets headers that an error must
   * not have. A route that uses this must not answer HEAD, which would read everything and send nothing.
   * @throws {TooManyExports}
   */
  async send (reply: FastifyReply, staffId: string, open: () => Promise<OpenedStream>): Promise<FastifyReply> {
    const release = this.acquire(staffId)
    try {
      // The server ends connections on which nothing happens. A stream has its own limits: its first row can take minutes.
      const socket = reply.raw.socket instanceof Socket ? reply.raw.socket : undefined
      socket?.setTimeout(0)
      const { stream, onEnd = () => {} } = await open()
      const stopTimers = cutOffAbandoned(reply, stream, this.times)
      let isOver = false
      const end = () => {
        if (isOver) return
        isOver = true
        socket?.setTimeout(this.times.maxPauseMs)
        stopTimers()
        release()
        onEnd()
      }
      stream.once('close', end)
      // A stream closes only after its running query has answered; a client that disconnects does not wait for that.
      reply.raw.once('close', end)
      return await reply.send(stream)
    } catch (error) {
      release()
      throw error
    }
  }

  /** Sends text in pieces. @throws {TooManyExports} */
  async sendText (reply: FastifyReply, staffId: string, open: () => Promise<AsyncIterable<string>>): Promise<FastifyReply> {
    return await this.send(reply, staffId, async () => ({ stream: Readable.from(await open(), { objectMode: false }) }))
  }
}

/** What `open` returns. */
export interface OpenedStream {
  readonly stream: Readable
  /** Called once, when the answer is complete or has been cut off. */
  readonly onEnd?: () => void
}

/** Cuts the answer off when it takes too long, or when its reader takes nothing. @returns stops the timers */
function cutOffAbandoned (reply: FastifyReply, stream: Readable, { maxPauseMs, maxDurationMs }: StreamTimes): () => void {
  const { raw, log } = reply
  const cutOff = (reason: 'reader-idle' | 'too-long') => {
    log.warn({ reason }, 'a stream was cut off')
    raw.destroy()
    stream.destroy()
  }
  const deadline = setTimeout(cutOff, maxDurationMs, 'too-long').unref()
  let pause: NodeJS.Timeout | undefined
  // The stream pauses while data waits for the client, never because the server itself is slow.
  stream.on('pause', () => { pause ??= setTimeout(cutOff, maxPauseMs, 'reader-idle').unref() })
  const endPause = () => {
    clearTimeout(pause)
    pause = undefined
  }
  raw.on('drain', endPause)
  return () => {
    clearTimeout(deadline)
    endPause()
  }
}
