/** The public number of a slip: 8 random symbols and a check symbol, `XXX-XXX-XXX`; never sequential. Pure. */
import { calculateCheckSymbol, formatInGroups, generateSymbols, parseSymbols, type RandomBytes } from './symbols.js'

/** A fresh slip number as it is printed and stored, such as `K7Q-XM2-P9V`. */
export function generateSlipNumber (randomBytes: RandomBytes): string {
  const symbols = generateSymbols(8, randomBytes)
  return formatInGroups(symbols + calculateCheckSymbol(symbols), 3)
}

/** A slip number as stored, from what was typed or scanned; undefined when its check symbol says it is none. */
export function parseSlipNumber (text: string): string | undefined {
  const symbols = parseSymbols(text, 9)
  return symbols && formatInGroups(symbols, 3)
}
