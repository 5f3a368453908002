/** A tagged PDF of A4 pages. Points from the top left corner. The only file that imports pdfkit. */
import PDFDocument from 'pdfkit'
import type { Language } from '../institution/vocabulary.js'
import type { TextMeasurer } from './breaks.js'
import type { Typeface } from './fonts.js'
import { mmToPoints, pageSizeMm, solidStroke, type Stroke, type Style } from './layout.js'

/** An element of the structure tree, which gives screen readers the reading order. */
export type StructureElement = ReturnType<PDFKit.PDFDocument['struct']>

export interface PdfDocument {
  readonly pdf: PDFKit.PDFDocument
  /** The main language. Elements in another language are marked with it. */
  readonly language: Language
  /** The root of the structure tree. */
  readonly root: StructureElement
}

/** The metadata of the file. It must not contain secrets or personal data. */
export interface DocumentInfo {
  readonly language: Language
  readonly title: string
  /** The author. */
  readonly institution: string
  readonly createdAt: Date
}

/** Creates a document with one empty page. */
export function createDocument ({ language, title, institution, createdAt }: DocumentInfo, typeface: Typeface): PdfDocument {
  const pdf = new PDFDocument({
    size: [mmToPoints(pageSizeMm.width), mmToPoints(pageSizeMm.height)],
    margin: 0,
    pdfVersion: '1.7',
    tagged: true,
    lang: language,
    displayTitle: true,
    info: { Title: title, Author: sanitizeMetadata(institution), Creator: 'Slipdesk', CreationDate: createdAt },
    // pdfkit accepts null, but its types do not. Otherwise it loads its default font and looks it up again at every change of font.
    font: null as unknown as string,
  })
  // pdfkit has no option for it. Viewers then print at actual size by default, which windows and barcodes need.
  const { _root: catalog } = pdf as unknown as { _root: { data: { ViewerPreferences: { data: Record<string, unknown> } } } }
  catalog.data.ViewerPreferences.data['PrintScaling'] = 'None'
  // pdfkit accepts an open font, but its types only know paths and buffers.
  for (const [face, font] of Object.entries(typeface)) pdf.registerFont(face, font as string)
  const root = pdf.struct('Document')
  pdf.addStructure(root)
  return { pdf, language, root }
}

/** Starts a new page. */
export function addPage ({ pdf }: PdfDocument): void {
  pdf.addPage()
}

/** Replaces the characters of XML markup, because pdfkit does not escape them. */
function sanitizeMetadata (text: string): string {
  return text.replaceAll('&', '+').replaceAll('<', '‹').replaceAll('>', '›')
}

/** Returns a function that measures text in a style. */
export function createTextMeasurer ({ pdf }: PdfDocument, style: Style): TextMeasurer {
  return text => pdf.font(style.face, style.size).widthOfString(text)
}

export interface LineOptions {
  readonly style: Style
  readonly left: number
  readonly top: number
  /** Horizontal scale of the letters. 1 is their normal width. */
  readonly scale?: number
}

/** Writes one line of text. */
export function writeLine ({ pdf }: PdfDocument, text: string, { style, left, top, scale = 1 }: LineOptions): void {
  const options = { lineBreak: false, baseline: 'alphabetic', horizontalScaling: scale * 100 } as const
  pdf.font(style.face, style.size).text(text, left, computeBaseline(style, top), options)
}

/** Returns the baseline of a line whose box starts at `top`. */
export function computeBaseline (style: Style, top: number): number {
  return top + (style.leading - style.size) / 2 + 0.8 * style.size
}

export interface ElementOptions {
  readonly language?: Language | undefined
  /** The alternative text of a figure. */
  readonly alt?: string
  /** Left, top, right and bottom of a figure. */
  readonly bbox?: readonly [number, number, number, number]
  /** What a header cell of a table applies to. */
  readonly scope?: 'Column' | 'Row'
  /** Draws the content. Without it, the element is a container for other elements. */
  readonly draw?: () => void
}

/** Adds an element to the structure tree and draws its content. */
export function addElement (doc: PdfDocument, parent: StructureElement, tag: string, { language, draw, ...rest }: ElementOptions = {}): StructureElement {
  const options = language === undefined || language === doc.language ? rest : { ...rest, lang: language }
  const element = doc.pdf.struct(tag, options as object)
  parent.add(element)
  if (draw !== undefined) {
    element.add(draw)
    element.end()
  }
  return element
}

/** Draws content that screen readers skip, such as lines and page numbers. */
export function drawArtifact ({ pdf }: PdfDocument, draw: (pdf: PDFKit.PDFDocument) => void): void {
  pdf.markContent('Artifact', { type: 'Layout' })
  draw(pdf)
  pdf.endMarkedContent()
}

export interface RuleOptions {
  readonly left: number
  readonly right: number
  readonly y: number
  readonly stroke: Stroke
}

/** Draws a horizontal line. */
export function drawRule (doc: PdfDocument, { left, right, y, stroke: { width, colour } }: RuleOptions): void {
  drawArtifact(doc, pdf => {
    pdf.save().lineWidth(width)
    if (colour !== undefined) pdf.strokeColor(colour)
    pdf.moveTo(left, y).lineTo(right, y).stroke().restore()
  })
}

export interface FrameOptions {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Draws an empty box. */
export function drawFrame (doc: PdfDocument, { left, top, width, height }: FrameOptions): void {
  drawArtifact(doc, pdf => pdf.save().lineWidth(solidStroke.width).rect(left, top, width, height).stroke().restore())
}

/** Finishes the document and returns the file. */
export async function finishDocument ({ pdf }: PdfDocument): Promise<Buffer> {
  const chunks: Buffer[] = []
  pdf.end()
  for await (const chunk of pdf) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
