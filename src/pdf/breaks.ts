/** Breaks text into lines and rows into pages. Pure. */

/** Returns the printed width of a text. */
export type TextMeasurer = (text: string) => number

/** A word and the spaces after it. No-break spaces are part of the word. */
const wordPattern = /(?:\S|\u00a0)+[^\S\u00a0]*/gu
const noBreakSpacePattern = /\u00a0/g
/** A word that is wider than a line breaks after one of these characters if that fills more than half of the line. */
const wordBreakPattern = /[-/.@_](?=[^-/.@_]*$)/u

/** Breaks a text into lines that are at most `width` wide. */
export function breakLines (text: string, width: number, measure: TextMeasurer): string[] {
  const lines: string[] = []
  let line = ''
  let lineWidth = 0
  for (const next of (text.match(wordPattern) ?? []).flatMap(word => splitWord(word, width, measure))) {
    if (line !== '' && lineWidth + measure(next.trimEnd()) > width) {
      lines.push(line)
      line = ''
      lineWidth = 0
    }
    line += next
    lineWidth += measure(next)
  }
  lines.push(line)
  return lines.map(one => one.trimEnd().replace(noBreakSpacePattern, ' '))
}

/** Splits a word into parts that each fit on a line. */
function splitWord (word: string, width: number, measure: TextMeasurer): string[] {
  if (measure(word.trimEnd()) <= width) return [word]
  const characters = [...word]
  const firstTooWide = characters.findIndex((_, i) => measure(characters.slice(0, i + 1).join('').trimEnd()) > width)
  const fitting = characters.slice(0, Math.max(1, firstTooWide)).join('')
  const breakAt = fitting.search(wordBreakPattern)
  const part = breakAt + 1 > fitting.length / 2 ? fitting.slice(0, breakAt + 1) : fitting
  return [part, ...splitWord(word.slice(part.length), width, measure)]
}

/** The height for rows on a page, in the same unit as the rows. */
export interface AvailableHeight {
  readonly firstPage: number
  readonly laterPages: number
}

/**
 * Returns the row indices of each page. The closing block follows the last row. If it does not fit on that page, the
 * last row moves to the next page with it.
 */
export function paginateRows (rowHeights: readonly number[], available: AvailableHeight, closingHeight: number): number[][] {
  const pages: number[][] = [[]]
  let remaining = available.firstPage
  rowHeights.forEach((height, row) => {
    if (height > remaining && pages.at(-1)!.length > 0) {
      pages.push([])
      remaining = available.laterPages
    }
    pages.at(-1)!.push(row)
    remaining -= height
  })
  const lastPage = pages.at(-1)!
  return closingHeight > remaining ? [...pages, lastPage.length > 1 ? lastPage.splice(-1) : []] : pages
}
