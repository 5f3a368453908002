/** Text into lines. Pure. */

/** The printed width of a text. */
export type Measure = (text: string) => number

/** A word with the spaces after it; no-break spaces hold words together. */
const word = /(?:\S|\u00a0)+[^\S\u00a0]*/gu
const noBreakSpace = /\u00a0/g
/** A word that is wider than a line is cut after one of these, if the line is then more than half full. */
const seam = /[-/.@_](?=[^-/.@_]*$)/u

/** The lines of a text, none wider than `width`. */
export function breakLines (text: string, width: number, measure: Measure): string[] {
  const lines: string[] = []
  let line = ''
  let lineWidth = 0
  for (const next of (text.match(word) ?? []).flatMap(one => cutToFit(one, width, measure))) {
    if (line !== '' && lineWidth + measure(next.trimEnd()) > width) {
      lines.push(line)
      line = ''
      lineWidth = 0
    }
    line += next
    lineWidth += measure(next)
  }
  lines.push(line)
  return lines.map(one => one.trimEnd().replace(noBreakSpace, ' '))
}

/** The word in parts that each fit a line. */
function cutToFit (word: string, width: number, measure: Measure): string[] {
  if (measure(word.trimEnd()) <= width) return [word]
  const characters = [...word]
  const tooMany = characters.findIndex((_, i) => measure(characters.slice(0, i + 1).join('').trimEnd()) > width)
  const fitting = characters.slice(0, Math.max(1, tooMany)).join('')
  const at = fitting.search(seam)
  const part = at + 1 > fitting.length / 2 ? fitting.slice(0, at + 1) : fitting
  return [part, ...cutToFit(word.slice(part.length), width, measure)]
}
