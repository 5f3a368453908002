/** The secret of a slip. It can be carried about, logged and serialised without being told. Pure. */
import { Secret } from '../institution/secret.js'
import { checkSymbol, inGroups, randomSymbols, readSymbols, type RandomBytes } from './symbols.js'

/** An activation code that shows itself only to `reveal()`, as `XXXXX-XXXXX-XXXXX`: for the paper, and for its HMAC. */
export class ActivationCode extends Secret {
  /** @param symbols 15 symbols of which the last checks the others; use `activationCode` or `readActivationCode`. */
  constructor (symbols: string) {
    const read = readSymbols(symbols, 15)
    if (read === undefined) throw new TypeError('Not an activation code.')
    super('activation code', inGroups(read, 5))
  }
}

/** A fresh code: 14 random symbols, 69.4 bits (SP 800-63A-4 §3.9 asks for 64), and their check symbol. */
export function activationCode (randomBytes: RandomBytes): ActivationCode {
  const symbols = randomSymbols(14, randomBytes)
  return new ActivationCode(symbols + checkSymbol(symbols))
}

/** The code that a person typed; undefined when its check symbol tells a typing error. */
export function readActivationCode (text: string): ActivationCode | undefined {
  const symbols = readSymbols(text, 15)
  return symbols === undefined ? undefined : new ActivationCode(symbols)
}
