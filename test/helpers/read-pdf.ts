/** Reads a PDF: its text and shapes with their positions in millimetres from the top left corner of the page. */
import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { TextItem } from 'pdfjs-dist/types/src/display/api.js'

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export interface Words extends Box {
  readonly text: string
  /** In points. */
  readonly size: number
  /** The name of the font, for example `NotoSans-Regular`. */
  readonly font: string
}

export interface ReadPdf {
  readonly pages: number
  readonly sheet: { readonly width: number, readonly height: number }
  readonly language: string | null
  readonly tagged: boolean
  /** The scale that viewers choose by default in their print dialog. */
  readonly printScaling: string | undefined
  /** The document information and XMP as text. */
  readonly metadata: string
  readonly title: string
  readonly words: readonly Words[]
  /** The text of the page in reading order. */
  readonly text: string
  /** Filled paths: barcodes and QR codes. */
  readonly shapes: readonly Box[]
  /** The structure elements in reading order, with their alternative text and language. */
  readonly structure: ReadonlyArray<{ role: string, alt?: string, lang?: string }>
}

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof getDocument>['promise']>['getPage']>>

/** @param number the page, from 1 */
export async function readPdf (file: Uint8Array, number = 1): Promise<ReadPdf> {
  const task = getDocument({ data: new Uint8Array(file), verbosity: 0 })
  const pdf = await task.promise
  const page = await pdf.getPage(number)
  const { width, height } = page.getViewport({ scale: 1 })
  const { info, metadata } = await pdf.getMetadata()
  const facts = info as Record<string, unknown>
  const shapes = await filledShapes(page, height)
  const words = await listWords(page, height)
  const read: ReadPdf = {
    pages: pdf.numPages,
    sheet: { width: pointsToMm(width), height: pointsToMm(height) },
    language: String(facts.Language),
    tagged: (await pdf.getMarkInfo())?.Marked === true,
    title: String(facts.Title),
    printScaling: (await pdf.getViewerPreferences() as Record<string, string> | null)?.['PrintScaling'],
    metadata: JSON.stringify(info) + (metadata?.getRaw() ?? ''),
    words,
    text: words.map(word => word.text).join(''),
    shapes,
    structure: flattenStructure(await page.getStructTree()),
  }
  await task.destroy()
  return read
}

async function listWords (page: Page, height: number): Promise<Words[]> {
  const { items } = await page.getTextContent({ disableNormalization: true })
  return (items as TextItem[]).filter(item => item.str.trim() !== '').map(item => {
    const [, , , size, left, baseline] = item.transform as [number, number, number, number, number, number]
    const font = page.commonObjs.get(item.fontName) as { name: string }
    return {
      text: item.str + (item.hasEOL ? '\n' : ''),
      size,
      font: font.name.replace(/^[A-Z]{6}\+/, ''),
      left: pointsToMm(left),
      right: pointsToMm(left + item.width),
      top: pointsToMm(height - baseline - 0.75 * size),
      bottom: pointsToMm(height - baseline + 0.22 * size),
    }
  })
}

type Matrix = readonly [number, number, number, number, number, number]

async function filledShapes (page: Page, height: number): Promise<Box[]> {
  const { fnArray, argsArray } = await page.getOperatorList()
  const shapes: Box[] = []
  const saved: Matrix[] = []
  let matrix: Matrix = [1, 0, 0, 1, 0, 0]
  fnArray.forEach((operator, i) => {
    const args = argsArray[i]
    if (operator === OPS.save) saved.push(matrix)
    else if (operator === OPS.restore) matrix = saved.pop() ?? matrix
    else if (operator === OPS.transform) matrix = multiplyMatrices(matrix, args as Matrix)
    else if (operator === OPS.constructPath && args[0] === OPS.fill) shapes.push(toBox(args[2], matrix, height))
  })
  return shapes
}

function multiplyMatrices ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}

function toBox ([x1, y1, x2, y2]: readonly [number, number, number, number], [a, , , d, e, f]: Matrix, height: number): Box {
  const [left, right] = [a * x1 + e, a * x2 + e].sort((m, n) => m - n) as [number, number]
  const [low, high] = [d * y1 + f, d * y2 + f].sort((m, n) => m - n) as [number, number]
  return { left: pointsToMm(left), right: pointsToMm(right), top: pointsToMm(height - high), bottom: pointsToMm(height - low) }
}

type Tree = Awaited<ReturnType<Page['getStructTree']>>

function flattenStructure (tree: Tree | { type: string }): ReadPdf['structure'] {
  if (!('role' in tree)) return []
  const { role, alt, lang, children } = tree as { role: string, alt?: string, lang?: string, children: Tree[] }
  return [{ role, ...(alt === undefined ? {} : { alt }), ...(lang === undefined ? {} : { lang }) }, ...children.flatMap(flattenStructure)]
}

function pointsToMm (points: number): number {
  return points * 25.4 / 72
}
