import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { containsActivationCode, findLayout, mayBecomeActivationCode, readActivationCode, readSlipNumber, readSymbols, redactActivationCodes } from '../../src/institution/typed-symbols.js'
import { generateActivationCode, generateSlipNumber } from '../../src/slips/codes.js'

const code = 'ABCEH-KMPTX-Y23ZK'
const bare = 'ABCEHKMPTXY23ZK'
const inGroups = (separator: string) => code.replaceAll('-', separator)

t.test('reads a code in any case, with any signs between and around the groups', async t => {
  for (const separator of ['', ' ', '−', '_', '.', '/', '+', '–', '\u00a0', '\r\n', ' - ', ':', '·']) t.equal(readActivationCode(inGroups(separator)), bare, JSON.stringify(separator))
  for (const typed of [`${code}.`, `"${code}"`, `”${code}”`, `«${code.toLowerCase()}»`, `(${bare})`, [...bare].join(' ')]) t.equal(readActivationCode(typed), bare, typed)
})

t.test('reads a code with invisible characters inside', async t => {
  for (const sign of ['\u200b', '\u200e', '\u00ad', '\u2060', '\ufeff', '\ufe0f', '\u0000', '\u034f']) {
    t.equal(readActivationCode(`${sign}AB${sign}CEH-KMPTX-Y23ZK${sign}`), bare, encodeURIComponent(sign))
  }
})

t.test('reads a code in full width and with the digits of any script', async t => {
  t.equal(readActivationCode('ＡＢＣＥＨ－ＫＭＰＴＸ－Ｙ２３ＺＫ'), bare)
  for (const digits of ['٢٣', '۲۳', '२३', '২৩', '๒๓', '𝟐𝟑', '𝟸𝟹', '𞥒𞥓', '²³', '②③']) t.equal(readActivationCode(`ABCEH KMPTX Y${digits}ZK`), bare, digits)
})

t.test('gives each decimal digit of Unicode its value', async t => {
  const digits = Array.from({ length: 0x110000 - 0x80 }, (_, i) => i + 0x80).filter(point => point < 0xd800 || point > 0xdfff).map(point => String.fromCodePoint(point)).filter(sign => /\p{Nd}/u.test(sign))
  const values = digits.map(readSymbols).join('')
  t.equal(values, '0123456789'.repeat(digits.length / 10))
})

t.test('reads Cyrillic and Greek letters that look like Latin ones', async t => {
  t.equal(readActivationCode('АВСЕН-КМРТХ-У23ZK'), bare, 'Cyrillic')
  t.equal(readActivationCode('авсен-кмртх-у23zк'), bare, 'Cyrillic, small')
  t.equal(readActivationCode('ΑΒCΕΗ-ΚΜΡΤΧ-Υ23ΖΚ'), bare, 'Greek')
  t.equal(readSlipNumber('к7q хм2 р9ѕ'), 'K7QXM2P9S')
})

t.test('still refuses a wrong letter among letters that look alike', async t => {
  for (const typed of ['АВСЕН-КМРТХ-У23ZМ', 'БВСЕН-КМРТХ-У23ZК', 'ABCEH-KMPTX-Y23Z0', 'ÀBCEH-KMPTX-Y23ZK', `${bare}ß`]) t.equal(readActivationCode(typed), undefined, typed)
})

t.test('refuses O and 0, I and 1 and L, because no symbol is certainly meant', async t => {
  for (const sign of ['O', '0', 'I', '1', 'L', 'О', 'Ι', 'İ', 'ı']) t.equal(readActivationCode(bare.replace('A', sign)), undefined, sign)
})

t.test('reads the address in the QR code, whatever became of its hash', async t => {
  const address = 'https://slipdesk.example.org/activate'
  for (const sign of ['#', '%23', '%2523', '£', '＃', '§', ' ', '/', '?code=', '№']) {
    t.equal(readActivationCode(`${address}${sign}${code}`), bare, sign)
    t.equal(readActivationCode(`${address}${sign}${bare.toLowerCase()}`), bare, sign)
  }
  t.equal(readActivationCode(`]Q3${address}#${code}`), bare)
  t.equal(readActivationCode(`x#${code}`), bare)
})

t.test('reads no code from longer texts and other addresses', async t => {
  for (const typed of [`${code}2`, `2${code}`, `${code} ${code}`, `https://example.org/${code}`, `#${code.slice(0, -1)}`, 'x'.repeat(100_000), ' '.repeat(300) + code]) t.equal(readActivationCode(typed), undefined, typed.slice(0, 60))
})

t.test('reads what a scanner puts before and after a number', async t => {
  for (const scan of [']C0K7Q-XM2-P9S', ']C1K7QXM2P9S', '］Ｃ１K7QXM2P9S', '¨C1K7Q+XM2+P9S', '*K7QXM2P9S*', 'K7QXM2P9S\t', '\u0002K7QXM2P9S\u0003', '\u0002]C1K7QXM2P9S\u0003', '~K7QXM2P9S', 'k7qxm2p9s', 'Ｋ７ＱＸＭ２Ｐ９Ｓ']) {
    t.equal(readSlipNumber(scan), 'K7QXM2P9S', JSON.stringify(scan))
  }
  for (const scan of ['C1K7QXM2P9S', ']]C1K7QXM2P9S', ']C1K7QXM2P9T']) t.equal(readSlipNumber(scan), undefined, scan)
})

/** What a keyboard layout types for the capitals, digits and hyphens of a US scanner. */
const layouts: Readonly<Record<string, readonly [expected: string, typed: string]>> = {
  'cyrillic (Russian)': ['ABCDEFGHJKMNPQRSTUVWXYZ', 'ФИСВУАПРОЛЬТЗЙКЫЕГМЦЧНЯ'],
  'cyrillic (Ukrainian)': ['ABCDEFGHJKMNPQRSTUVWXYZ', 'ФИСВУАПРОЛЬТЗЙКІЕГМЦЧНЯ'],
  'greek (Greek)': ['ABCDEFGHJKMNPQRSTUVWXYZ', 'ΑΒΨΔΕΦΓΗΞΚΜΝΠ:ΡΣΤΘΩςΧΥΖ'],
  'french (AZERTY)': ['-23456789AQZWM', ')é"\'(-è_çQAWZ?'],
  'french (AZERTY, Belgian)': ['-23456789AQZWM', ')é"\'(§è!çQAWZ?'],
  'german (QWERTZ)': ['-YZ', 'ßZY'],
  'czech (QWERTZ)': ['-23456789YZ', '=ěščřžýáíZY'],
}

function retype (text: string, [expected, typed]: readonly [string, string]): string {
  return [...text].map(character => expected.includes(character) ? [...typed][expected.indexOf(character)]! : character).join('')
}

t.test('names the keyboard layout with which a number was scanned', async t => {
  for (const [name, layout] of Object.entries(layouts)) {
    for (const number of ['K7Q-XM2-P9S', 'Q7Z-AYM-2HZ', '234-567-89F', ...Array.from({ length: 20 }, () => generateSlipNumber(randomBytes))]) {
      const typed = retype(number, layout)
      // Without a digit, a Czech and a German keyboard type the same.
      if (typed.replaceAll('-', '') === number.replaceAll('-', '') || (name.startsWith('czech') && !/\d/.test(number))) continue
      for (const scan of [typed, retype(number.replaceAll('-', ''), layout)]) {
        // A number without any letter that the layout changes is read as it is.
        if (readSlipNumber(scan) !== number.replaceAll('-', '')) t.equal(findLayout(scan, reading => readSlipNumber(reading) === number.replaceAll('-', '')), name.split(' ')[0], `${number} on ${name}: ${scan}`)
      }
    }
  }
})

t.test('finds a code in a search, in any spelling', async () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.constantFrom('', ' ', '-', '–', '+', '−', '.', '\u00ad', ' - '), fc.boolean(), (bytes, separator, isSmall) => {
    let at = 0
    const printed = generateActivationCode(size => Uint8Array.from({ length: size }, () => bytes[at++ % bytes.length]! % 248)).reveal()
    const typed = printed.replaceAll('-', separator)
    const written = isSmall ? typed.toLowerCase() : typed
    return [written, ` ${written} `, `find ${written}?`, `https://slipdesk.example/activate£${written}`, `https://slipdesk.example/activate#${written}`, written + written].every(containsActivationCode)
  }), { numRuns: 300 })
})

t.test('finds a code that a wrong keyboard layout has typed', async t => {
  for (const layout of Object.values(layouts).slice(0, 6)) t.ok(containsActivationCode(retype(code, layout)), retype(code, layout))
  t.ok(containsActivationCode('реезыЖ..ыдшзвуыл/учфьздуюсщь.фсешмфеу№ФИСУР-ЛЬЗЕЧ-Н23ЯЛ'.replace('/', '.')))
})

t.test('finds a code after another word of five letters', async t => {
  t.ok(containsActivationCode(`seven ${code}`))
  t.ok(containsActivationCode(`${code} seven`))
})

t.test('lets names, slip numbers and phone numbers be searched for', async t => {
  const searches = ['matti.meikalainen', 'K7Q-XM2-P9S', 'Matti Meikäläinen', '+358 40 123 4567', '040 1234567', '2101184', 'annko4420@metropolia.fi', 'METROPOLIA\\annko4420', 'Łukasz Nguyễn-Đặng', 'Константинопольская', '王小明', 'aaaaabbbbbccccc', 'SR-2026-0142', '']
  t.strictSame(searches.filter(containsActivationCode), [])
  t.strictSame(searches.filter(mayBecomeActivationCode), [])
})

t.test('sends no beginning of a code while it is typed', async t => {
  for (let length = 10; length <= code.length; length++) t.equal(mayBecomeActivationCode('7K4MQ-XT9WB-2HNPD'.slice(0, length)), length > 10, String(length))
  t.equal(mayBecomeActivationCode('https://slipdesk.example/activate#7K'), true)
})

t.test('removes a code from a line of the log', async t => {
  for (const [line, logged] of [
    [`"/activate%23${code}"`, '"/activate%23[activation code]"'],
    [`"/activate%2523${bare.toLowerCase()}/x"`, '"/activate%2523[activation code]/x"'],
    [`Route GET:/${inGroups('%2D')} not found`, 'Route GET:/[activation code] not found'],
    [`two: ${code}, ${inGroups(' ')}`, 'two: [activation code], [activation code]'],
    ['"slip":"K7Q-XM2-P9S","reqId":"req-1"', '"slip":"K7Q-XM2-P9S","reqId":"req-1"'],
    ['00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000'],
  ] as const) t.equal(redactActivationCodes(line), logged)
})
