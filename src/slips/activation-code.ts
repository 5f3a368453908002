/** The secret of a slip. It can be carried about, logged and serialised without being told. Pure. */
import { Secret } from '../institution/secret.js'
import { calculateCheckSymbol, formatInGroups, generateSymbols, parseSymbols, type RandomBytes } from './symbols.js'

/** An activation code that shows itself only to `reveal()`, as `XXXXX-XXXXX-XXXXX`: for the paper, and for its HMAC. */
export class ActivationCode extends Secret {
  /** @param symbols 15 symbols of which the last checks the others; use `generateActivationCode` or `parseActivationCode`. */
  constructor (symbols: string) {
    const read = parseSymbols(symbols, 15)
    if (read === undefined) throw new TypeError('Not an activation code.')
    super('activation code', formatInGroups(read, 5))
  }
}

/** A fresh code: 14 random symbols, 69.4 bits (SP 800-63A-4 §3.9 asks for 64), and their check symbol. */
export function generateActivationCode (randomBytes: RandomBytes): ActivationCode {
  const symbols = generateSymbols(14, randomBytes)
  return new ActivationCode(symbols + calculateCheckSymbol(symbols))
}

/** The code that a person typed; undefined when its check symbol tells a typing error. */
export function parseActivationCode (text: string): ActivationCode | undefined {
  const symbols = parseSymbols(text, 15)
  return symbols === undefined ? undefined : new ActivationCode(symbols)
}
