/** Sends a slip as a PDF, once: it is not stored. */
import type { FastifyReply } from 'fastify'

/** @param location where the slip's record is from now on */
export async function sendSlipPdf (reply: FastifyReply, { number, pdf }: { number: string, pdf: Buffer }, location: string): Promise<FastifyReply> {
  return await reply.status(201)
    .headers({
      location,
      'slip-number': number,
      'cache-control': 'no-store',
      'content-disposition': `inline; filename="slip-${number}.pdf"`,
    })
    .type('application/pdf')
    .send(pdf)
}

// Sends a list as a PDF. It has names, so no cache may store it.

/** @param name of the file, without its ending */
export async function sendPdf (reply: FastifyReply, name: string, pdf: Buffer): Promise<FastifyReply> {
  return await reply
    .headers({ 'cache-control': 'no-store', 'content-disposition': `inline; filename="${name}.pdf"` })
    .type('application/pdf')
    .send(pdf)
}
