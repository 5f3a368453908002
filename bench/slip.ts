/**
 * Measures the cost of embedded fonts: slips in Noto Sans compared with the same slips in the built-in Helvetica, which
 * lacks many characters. Both alternate in one run. Exits with 1 if the ratio exceeds the limit.
 */
import { randomBytes } from 'node:crypto'
import { notoSans, type Typeface } from '../src/pdf/fonts.js'
import { generateActivationCode, generateSlipNumber } from '../src/slips/codes.js'
import { drawSlip } from '../src/slips/paper/draw-slip.js'
import type { SlipContent } from '../src/slips/paper/slip-content.js'
import { percentile } from './measurements.js'
import { counterContent, letterContent, porterContent, sampleSlip } from '../test/slips/paper/sample-slips.js'

const MAX_RATIO = 5
const TARGET_RATIO = 3
const WARM_UP_SLIPS = 30
const SLIP_COUNT = Number(process.argv[2] ?? 300)

const helvetica: Typeface = { regular: 'Helvetica', strong: 'Helvetica-Bold', mono: 'Courier-Bold' }
const deliveries = [counterContent, porterContent, { ...letterContent, windowLines: ['Äijä Äijälä', 'Kauppakatu 5 B 12', '33100 TAMPERE'] }]

/** Creates a different slip each time, with a name that both typefaces can print. */
function createContent (turn: number): SlipContent {
  return {
    ...sampleSlip,
    displayName: 'Äijä Äijälä',
    delivery: deliveries[turn % deliveries.length]!,
    slipNumber: generateSlipNumber(randomBytes),
    code: generateActivationCode(randomBytes),
    username: `user${turn}`,
  }
}

/** Returns the time to draw one slip, in milliseconds. */
async function measureSlip (content: SlipContent, typeface: Typeface): Promise<number> {
  const began = performance.now()
  await drawSlip(content, typeface)
  return performance.now() - began
}

function median (times: readonly number[]): number {
  return percentile(times, 50)
}

const notoSansTimes: number[] = []
const helveticaTimes: number[] = []
for (let turn = 0; turn < WARM_UP_SLIPS + SLIP_COUNT; turn++) {
  const content = createContent(turn)
  const took = [await measureSlip(content, notoSans), await measureSlip(content, helvetica)] as const
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
  `ratio ${ratio.toFixed(2)}  limit ${MAX_RATIO}  target ${TARGET_RATIO}  ${ratio <= MAX_RATIO ? 'within' : 'BEYOND'}`,
  '',
].join('\n'))
process.exitCode = ratio <= MAX_RATIO ? 0 : 1
