/** A4 pages under the pen, one at a time: measuring, writing, marking what it means. Points from the top left; the only user of pdfkit. */
import PDFDocument from 'pdfkit'
import type { Language } from '../institution/vocabulary.js'
import type { TextMeasurer } from './breaks.js'
import type { Typeface } from './fonts.js'
import { mmToPoints, pageSizeMm as size, type Style } from './layout.js'

export type StructureElement = ReturnType<PDFKit.PDFDocument['struct']>

export interface PdfDocument {
  readonly pdf: PDFKit.PDFDocument
  /** The document's language; parts in another one are marked. */
  readonly language: Language
  /** The root of the reading order. */
  readonly root: StructureElement
}

export interface DocumentInfo {
  readonly language: Language
  readonly title: string
  readonly institution: string
  readonly at: Date
}

/** An empty tagged page. Nothing in the imprint may be secret or personal: it becomes the file's metadata. */
export function createDocument (imprint: DocumentInfo, typeface: Typeface): PdfDocument {
  const { language, title, institution, at } = imprint
  const pdf = new PDFDocument({
    size: [mmToPoints(size.width), mmToPoints(size.height)],
    margin: 0,
    pdfVersion: '1.7',
    tagged: true,
    lang: language,
    displayTitle: true,
    info: { Title: title, Author: sanitizeMetadata(institution), Creator: 'Slipdesk', CreationDate: at },
    // No font of pdfkit's own choice: it would be looked up again at every change of face.
    font: null as unknown as string,
  })
  // pdfkit takes an opened font; its types know only paths and buffers.
  for (const [face, font] of Object.entries(typeface)) pdf.registerFont(face, font as string)
  const root = pdf.struct('Document')
  pdf.addStructure(root)
  return { pdf, language, root }
}

/** Goes on at the top of a fresh page of the same size. */
export function addPage ({ pdf }: PdfDocument): void {
  pdf.addPage()
}

/** pdfkit copies these words into XML as they are. */
function sanitizeMetadata (words: string): string {
  return words.replaceAll('&', '+').replaceAll('<', '‹').replaceAll('>', '›')
}

/** Measures text in a style. */
export function createTextMeasurer ({ pdf }: PdfDocument, style: Style): TextMeasurer {
  return text => pdf.font(style.face, style.size).widthOfString(text)
}

/** Writes one line; `condensed` squeezes its letters, 1 being their own width. */
export function writeLine ({ pdf }: PdfDocument, text: string, style: Style, left: number, top: number, condensed = 1): void {
  const options = { lineBreak: false, baseline: 'alphabetic', horizontalScaling: condensed * 100 } as const
  pdf.font(style.face, style.size).text(text, left, computeBaseline(style, top), options)
}

/** Where the baseline of a line of this style runs when the line's box begins at `top`. */
export function computeBaseline (style: Style, top: number): number {
  return top + (style.leading - style.size) / 2 + 0.8 * style.size
}

export interface ElementOptions {
  readonly language?: Language | undefined
  /** Said instead of a figure. */
  readonly alt?: string
  /** Left, top, right and bottom of a figure. */
  readonly bbox?: readonly [number, number, number, number]
  /** What a table's heading cell heads. */
  readonly scope?: 'Column' | 'Row'
}

/** Adds a part to the reading order and draws it, or gives it children: `LI`, `L`. */
export function addElement (sheet: PdfDocument, parent: StructureElement, tag: string, meaning: ElementOptions = {}, draw?: () => void): StructureElement {
  const { language, ...rest } = meaning
  const options = language === undefined || language === sheet.language ? rest : { ...rest, lang: language }
  const element = sheet.pdf.struct(tag, options as object)
  parent.add(element)
  if (draw !== undefined) {
    element.add(draw)
    element.end()
  }
  return element
}

/** Draws what has no meaning for a reader: rules and fold marks. */
export function drawArtifact ({ pdf }: PdfDocument, draw: (pdf: PDFKit.PDFDocument) => void): void {
  pdf.markContent('Artifact', { type: 'Layout' })
  draw(pdf)
  pdf.endMarkedContent()
}

/** The finished file. */
export async function finishDocument ({ pdf }: PdfDocument): Promise<Buffer> {
  const chunks: Buffer[] = []
  pdf.end()
  for await (const chunk of pdf) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
