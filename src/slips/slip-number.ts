/** The public number of a slip: 8 random symbols and a check symbol, `XXX-XXX-XXX`; never sequential. Pure. */
import { checkSymbol, inGroups, randomSymbols, readSymbols, type RandomBytes } from './symbols.js'

/** A fresh slip number as it is printed and stored, such as `K7Q-XM2-P9V`. */
export function slipNumber (randomBytes: RandomBytes): string {
  const symbols = randomSymbols(8, randomBytes)
  return inGroups(symbols + checkSymbol(symbols), 3)
}

/** A slip number as stored, from what was typed or scanned; undefined when its check symbol says it is none. */
export function readSlipNumber (text: string): string | undefined {
  const symbols = readSymbols(text, 9)
  return symbols && inGroups(symbols, 3)
}
