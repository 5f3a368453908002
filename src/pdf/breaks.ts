/** Text into lines. Pure. */
/** The printed width of a text. */
export type TextMeasurer = (text: string) => number

/** A word with the spaces after it; no-break spaces hold words together. */
const wordPattern = /(?:\S|\u00a0)+[^\S\u00a0]*/gu
const noBreakSpacePattern = /\u00a0/g
/** A word that is wider than a line is cut after one of these, if the line is then more than half full. */
const wordBreakPattern = /[-/.@_](?=[^-/.@_]*$)/u

/** The lines of a text, none wider than `width`. */
export function breakLines (text: string, width: number, measure: TextMeasurer): string[] {
  const lines: string[] = []
  let line = ''
  let lineWidth = 0
  for (const next of (text.match(wordPattern) ?? []).flatMap(one => splitWord(one, width, measure))) {
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

/** The word in parts that each fit a line. */
function splitWord (word: string, width: number, measure: TextMeasurer): string[] {
  if (measure(word.trimEnd()) <= width) return [word]
  const characters = [...word]
  const tooMany = characters.findIndex((_, i) => measure(characters.slice(0, i + 1).join('').trimEnd()) > width)
  const fitting = characters.slice(0, Math.max(1, tooMany)).join('')
  const at = fitting.search(wordBreakPattern)
  const part = at + 1 > fitting.length / 2 ? fitting.slice(0, at + 1) : fitting
  return [part, ...splitWord(word.slice(part.length), width, measure)]
}

// Which rows of a list stand on which page. Pure.

export interface AvailableHeight {
  /** On the first page, under its heading. */
  readonly first: number
  /** On each page after it. */
  readonly later: number
}

/**
 * The rows of each page by their indices, in order. What closes the list stands under its last row, and never alone
 * on a page while there is a row to go with it.
 * @param heights of the rows; with `room` and `closing` in one unit
 */
export function paginateRows (heights: readonly number[], room: AvailableHeight, closing: number): number[][] {
  const pages: number[][] = [[]]
  let left = room.first
  heights.forEach((height, row) => {
    if (height > left && pages.at(-1)!.length > 0) {
      pages.push([])
      left = room.later
    }
    pages.at(-1)!.push(row)
    left -= height
  })
  const last = pages.at(-1)!
  return closing > left ? [...pages, last.length > 1 ? last.splice(-1) : []] : pages
}
