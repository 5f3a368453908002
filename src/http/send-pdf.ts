/** Sends PDFs. They contain codes or names, so no cache may store them. */
import type { FastifyReply } from 'fastify'

export interface PdfFile {
  /** Without the extension. */
  readonly fileName: string
  readonly pdf: Buffer
  /** 200 by default. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a PDF that the browser shows. */
export async function sendPdf (reply: FastifyReply, { fileName, pdf, status = 200, headers = {} }: PdfFile): Promise<FastifyReply> {
  return await reply.status(status)
    .headers({ ...headers, 'cache-control': 'no-store', 'content-disposition': `inline; filename="${fileName}.pdf"` })
    .type('application/pdf')
    .send(pdf)
}

/**
 * Sends a new slip with status 201. The PDF is not stored anywhere.
 * @param location the address of the slip's record
 */
export async function sendSlipPdf (reply: FastifyReply, { number, pdf }: { readonly number: string, readonly pdf: Buffer }, location: string): Promise<FastifyReply> {
  return await sendPdf(reply, { fileName: `slip-${number}`, pdf, status: 201, headers: { location, 'slip-number': number } })
}
