/**
 * What the real typefaces cost: slips in Noto Sans against the same slips in built-in Helvetica, which cannot
 * write the names of half the world. Same layout, barcodes and QR code; taken in turns, in one run.
 * Ends with 1 when the ratio is beyond the limit.
 */
import { randomBytes } from 'node:crypto'
import { activationCode } from '../src/slips/activation-code.js'
import { drawSlip } from '../src/slips/paper/draw-slip.js'
import { notoSans, type Typeface } from '../src/slips/paper/fonts.js'
import type { SlipPaper } from '../src/slips/paper/slip-paper.js'
import { slipNumber } from '../src/slips/slip-number.js'
import { counter, demoPaper, letter, porter } from '../test/slips/paper/papers.js'

const limit = 5
const aim = 3
const warmUp = 30
const slips = Number(process.argv[2] ?? 300)

const helvetica: Typeface = { regular: 'Helvetica', strong: 'Helvetica-Bold', mono: 'Courier-Bold' }
const deliveries = [counter, porter, { ...letter, windowLines: ['Äijä Äijälä', 'Kauppakatu 5 B 12', '33100 TAMPERE'] }]

/** A slip of its own each time, in a name that both typefaces can write. */
function freshPaper (turn: number): SlipPaper {
  return {
    ...demoPaper,
    displayName: 'Äijä Äijälä',
    delivery: deliveries[turn % deliveries.length]!,
    slipNumber: slipNumber(randomBytes),
    code: activationCode(randomBytes),
    username: `user${turn}`,
  }
}

/** Milliseconds that one slip takes. */
async function time (paper: SlipPaper, typeface: Typeface): Promise<number> {
  const began = performance.now()
  await drawSlip(paper, typeface)
  return performance.now() - began
}

function median (times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!
}

const real: number[] = []
const plain: number[] = []
for (let turn = 0; turn < warmUp + slips; turn++) {
  const paper = freshPaper(turn)
  const took = [await time(paper, notoSans), await time(paper, helvetica)] as const
  if (turn < warmUp) continue
  real.push(took[0])
  plain.push(took[1])
}

const ratio = median(real) / median(plain)
const line = (name: string, times: readonly number[]) =>
  `${name}  ${median(times).toFixed(1)} ms a slip  ${(1000 / median(times)).toFixed(0)} slips/s`
process.stdout.write([
  `${slips} slips each, medians`,
  line('Noto Sans (real)    ', real),
  line('Helvetica (built-in)', plain),
  `ratio ${ratio.toFixed(2)}  limit ${limit}  aim ${aim}  ${ratio <= limit ? 'within' : 'BEYOND'}`,
  '',
].join('\n'))
process.exitCode = ratio <= limit ? 0 : 1
