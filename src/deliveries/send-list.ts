/** Sends a list as a PDF: it has names, so nothing on the way keeps it. */
import type { FastifyReply } from 'fastify'

/** @param name of the file, without its ending */
export async function sendPdf (reply: FastifyReply, name: string, pdf: Buffer): Promise<FastifyReply> {
  return await reply
    .headers({ 'cache-control': 'no-store', 'content-disposition': `inline; filename="${name}.pdf"` })
    .type('application/pdf')
    .send(pdf)
}
