/**
 * What the real typefaces cost: slips in Noto Sans against the same slips in built-in Helvetica, which cannot
 * write the names of half the world. Same layout, barcodes and QR code; taken in turns, in one run.
 * Ends with 1 when the ratio is beyond the limit.
 */
import { randomBytes } from 'node:crypto'
import { notoSans, type Typeface } from '../src/pdf/fonts.js'
import { generateActivationCode, generateSlipNumber } from '../src/slips/codes.js'
import { drawSlip } from '../src/slips/paper/draw-slip.js'
import type { SlipContent } from '../src/slips/paper/slip-content.js'
import { counterContent, letterContent, porterContent, sampleSlip } from '../test/slips/paper/sample-slips.js'

const MAX_RATIO = 5
const TARGET_RATIO = 3
const WARM_UP_SLIPS = 30
const SLIP_COUNT = Number(process.argv[2] ?? 300)

const helvetica: Typeface = { regular: 'Helvetica', strong: 'Helvetica-Bold', mono: 'Courier-Bold' }
const deliveries = [counterContent, porterContent, { ...letterContent, windowLines: ['Äijä Äijälä', 'Kauppakatu 5 B 12', '33100 TAMPERE'] }]

/** A slip of its own each time, in a name that both typefaces can write. */
function createPaper (turn: number): SlipContent {
  return {
    ...sampleSlip,
    displayName: 'Äijä Äijälä',
    delivery: deliveries[turn % deliveries.length]!,
    slipNumber: generateSlipNumber(randomBytes),
    code: generateActivationCode(randomBytes),
    username: `user${turn}`,
  }
}

/** Milliseconds that one slip takes. */
async function measureSlip (paper: SlipContent, typeface: Typeface): Promise<number> {
  const began = performance.now()
  await drawSlip(paper, typeface)
  return performance.now() - began
}

function median (times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!
}

const notoSansTimes: number[] = []
const helveticaTimes: number[] = []
for (let turn = 0; turn < WARM_UP_SLIPS + SLIP_COUNT; turn++) {
  const paper = createPaper(turn)
  const took = [await measureSlip(paper, notoSans), await measureSlip(paper, helvetica)] as const
  if (turn < WARM_UP_SLIPS) continue
  notoSansTimes.push(took[0])
  helveticaTimes.push(took[1])
}

const ratio = median(notoSansTimes) / median(helveticaTimes)
const formatLine = (name: string, times: readonly number[]) =>
  `${name}  ${median(times).toFixed(1)} ms a slip  ${(1000 / median(times)).toFixed(0)} slips/s`
process.stdout.write([
  `${SLIP_COUNT} slips each, medians`,
  formatLine('Noto Sans (real)    ', notoSansTimes),
  formatLine('Helvetica (built-in)', helveticaTimes),
  `ratio ${ratio.toFixed(2)}  limit ${MAX_RATIO}  aim ${TARGET_RATIO}  ${ratio <= MAX_RATIO ? 'within' : 'BEYOND'}`,
  '',
].join('\n'))
process.exitCode = ratio <= MAX_RATIO ? 0 : 1
