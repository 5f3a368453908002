/**
 * Writes delivery records as a workbook (ECMA-376): a frozen header row with a filter, times as dates, and all other
 * values as text that no spreadsheet runs as a formula. Sheets are streamed into a ZIP.
 */
import type { Readable } from 'node:stream'
import { recordColumns, type FlatRecord } from '../records/delivery-record.js'
import { toCells } from './formats.js'
import { createZipStream, type ZipEntry } from './zip.js'

/** A sheet can have 1,048,576 rows, including the header. */
const MAX_ROWS = 1_048_575

/** In characters. */
const columnWidths: Readonly<Record<(typeof recordColumns)[number], number>> = {
  slipNumber: 14, username: 14, displayName: 28, affiliation: 12, channel: 18, state: 14, issuedAt: 20, issuedBy: 14, servicePoint: 26, requestReference: 22, trackingNumber: 18, steps: 80,
}
/** The letter of the last column; there are fewer than 26. */
const LAST_COLUMN = String.fromCharCode('A'.charCodeAt(0) + recordColumns.length - 1)
const DATE_STYLE = 2
const TEXT_STYLE = 3
const ISSUED_AT_INDEX = recordColumns.indexOf('issuedAt')

const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN_NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONSHIP_NAMESPACE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE_NAMESPACE = 'http://schemas.openxmlformats.org/package/2006'
const CONTENT_TYPE_PREFIX = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const staticParts: Readonly<Record<string, string>> = {
  '_rels/.rels': `<Relationships xmlns="${PACKAGE_NAMESPACE}/relationships"><Relationship Id="rId1" Type="${RELATIONSHIP_NAMESPACE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  // The header, dates, and text that stays text when its cell is edited.
  'xl/styles.xml': `<styleSheet xmlns="${MAIN_NAMESPACE}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>' +
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/></cellXfs></styleSheet>',
}

/**
 * Writes the workbook. Records beyond the limit of a sheet go to another sheet with the same header.
 * @param pages newest first
 * @param maxRows the maximum number of records in a sheet
 */
export function toXlsx (pages: AsyncIterable<readonly FlatRecord[]>, at: Date, maxRows = MAX_ROWS): Readable {
  return createZipStream(writeParts(pages, maxRows), at)
}

async function * writeParts (pages: AsyncIterable<readonly FlatRecord[]>, maxRows: number): AsyncGenerator<ZipEntry> {
  const source = pages[Symbol.asyncIterator]()
  try {
    for (const [name, xml] of Object.entries(staticParts)) yield xmlPart(name, xml)
    let sheets = 0
    let rest: readonly FlatRecord[] | undefined
    do {
      sheets++
      const pieces = writeSheet(source, maxRows, rest, page => { rest = page })
      yield { name: `xl/worksheets/sheet${sheets}.xml`, compress: true, pieces: () => pieces }
    } while (rest !== undefined)
    yield xmlPart('xl/workbook.xml', workbookXml(sheets))
    yield xmlPart('xl/_rels/workbook.xml.rels', relationshipsXml(sheets))
    yield xmlPart('[Content_Types].xml', contentTypesXml(sheets))
  } finally {
    await source.return?.()
  }
}

/** Writes the XML of one sheet, one page at a time. @param setRest receives the page that does not fit, or undefined at the end */
async function * writeSheet (
  source: AsyncIterator<readonly FlatRecord[]>, maxRows: number, first: readonly FlatRecord[] | undefined, setRest: (page: readonly FlatRecord[] | undefined) => void
): AsyncGenerator<string> {
  const columns = recordColumns.map((name, i) => `<col min="${i + 1}" max="${i + 1}" width="${columnWidths[name]}" customWidth="1"/>`).join('')
  yield `${XML_DECLARATION}<worksheet xmlns="${MAIN_NAMESPACE}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<cols>${columns}</cols><sheetData><row>${recordColumns.map(column => textCell(column, 1)).join('')}</row>`
  let rows = 0
  let page = first ?? (await source.next() as IteratorResult<readonly FlatRecord[], undefined>).value
  while (page !== undefined && rows + page.length <= maxRows) {
    yield page.map(rowXml).join('')
    rows += page.length
    page = (await source.next() as IteratorResult<readonly FlatRecord[], undefined>).value
  }
  setRest(page)
  yield `</sheetData><autoFilter ref="A1:${LAST_COLUMN}${rows + 1}"/></worksheet>`
}

function rowXml (record: FlatRecord): string {
  return `<row>${toCells(record).map((cell, i) => i === ISSUED_AT_INDEX ? dateCell(record.issuedAt) : cell === null ? '<c/>' : textCell(cell, TEXT_STYLE)).join('')}</row>`
}

/** Converts a time to days since 30 December 1899 in the institution's time zone, because a workbook has no time zones. */
function dateCell (rfc3339: string): string {
  const serial = Date.parse(`${rfc3339.slice(0, 19)}Z`) / 86_400_000 + 25_569
  return `<c s="${DATE_STYLE}"><v>${serial}</v></c>`
}

/** Writes an inline string, which is text even if it looks like a formula. */
function textCell (value: string, style: number): string {
  return `<c t="inlineStr" s="${style}"><is><t xml:space="preserve">${escapeXml(escapeCharacterCodes(value))}</t></is></c>`
}

/** Workbooks read `_x0041_` as the character A (ECMA-376 part 1, 22.9.2.19), so its first underscore is written as a code itself. */
function escapeCharacterCodes (value: string): string {
  return value.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
}

/** Replaces characters that XML does not allow with the replacement character. */
function escapeXml (value: string): string {
  return value.replace(/[&<>]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}

function xmlPart (name: string, xml: string): ZipEntry {
  return { name, compress: true, pieces: () => [XML_DECLARATION + xml] }
}

function workbookXml (sheets: number): string {
  return `<workbook xmlns="${MAIN_NAMESPACE}" xmlns:r="${RELATIONSHIP_NAMESPACE}"><sheets>${repeatXml(sheets, n => `<sheet name="Delivery records${n === 1 ? '' : ` ${n}`}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`
}

function relationshipsXml (sheets: number): string {
  return `<Relationships xmlns="${PACKAGE_NAMESPACE}/relationships">${repeatXml(sheets, n => `<Relationship Id="rId${n}" Type="${RELATIONSHIP_NAMESPACE}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}` +
    `<Relationship Id="rId${sheets + 1}" Type="${RELATIONSHIP_NAMESPACE}/styles" Target="styles.xml"/></Relationships>`
}

function contentTypesXml (sheets: number): string {
  return `<Types xmlns="${PACKAGE_NAMESPACE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
    `<Override PartName="/xl/workbook.xml" ContentType="${CONTENT_TYPE_PREFIX}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${CONTENT_TYPE_PREFIX}.styles+xml"/>` +
    `${repeatXml(sheets, n => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${CONTENT_TYPE_PREFIX}.worksheet+xml"/>`)}</Types>`
}

function repeatXml (count: number, xml: (n: number) => string): string {
  return Array.from({ length: count }, (_, i) => xml(i + 1)).join('')
}
