import t from 'tap'
import { type AccountFile, openAccountFile, rejectedHeader, streamAccountRows } from '../../../src/accounts/import/account-file.js'
import { AccountFileError } from '../../../src/accounts/import/file-errors.js'

/** A file whose bytes come in small pieces, so that letters and line ends are cut. */
function sourceOf (content: string | Buffer, name = 'people.csv') {
  const bytes = Buffer.from(content as string)
  return { name, read: async function * () { for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7) } }
}

async function read (content: string | Buffer, fallback?: 'windows-1252'): Promise<{ file: AccountFile, rows: string[][], lines: number[] }> {
  const file = await openAccountFile(sourceOf(content), fallback)
  const rows: string[][] = []
  const lines: number[] = []
  for await (const { cells, line } of streamAccountRows(file)) {
    rows.push([...cells])
    lines.push(line)
  }
  return { file, rows, lines }
}

async function refusalOf (content: string | Buffer, fallback?: 'windows-1252'): Promise<string> {
  const error = await openAccountFile(sourceOf(content), fallback).then(() => undefined, (error: unknown) => error)
  return error instanceof AccountFileError ? error.code : `not refused: ${String(error)}`
}

const utf16be = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()

t.test('reads every separator', async t => {
  for (const separator of [',', ';', '\t', '|']) {
    const { rows, file } = await read(['username', 'display_name', 'affiliations'].join(separator) + '\n' + ['annte0001', 'Anna Testi', 'student'].join(separator) + '\n')
    t.strictSame(rows, [['annte0001', 'Anna Testi', 'student']], JSON.stringify(separator))
    t.strictSame([file.dialect.delimiter, file.rowCount], [separator, 1])
  }
})

t.test('counts separators outside quotation marks, and trusts known headers more', async t => {
  t.equal((await read('username;display_name;affiliations;"Notes (old, new, other, more)"\n')).file.dialect.delimiter, ';')
  t.equal((await read('username;display_name;affiliations;Notes (old, new, other, more)\n')).file.dialect.delimiter, ';')
  t.equal((await read('"username","display_name","affiliations","a;b;c;d;e"\n')).file.dialect.delimiter, ',')
  t.equal((await read('"Notes\n1;2;3;4;5",username,display_name,affiliations\n')).file.dialect.delimiter, ',')
})

t.test('skips and obeys a line with the separator', async t => {
  for (const hint of ['sep=;\r\n', '"sep=;"\r\n', 'SEP=;\n', '\ufeffsep=;\r\n', '\n\nsep=;\n', 'sep=;;;\n']) {
    t.strictSame((await read(`${hint}username;display_name;affiliations\nsepxx0001;"Testi, Anna";student\n`)).rows, [['sepxx0001', 'Testi, Anna', 'student']], JSON.stringify(hint))
  }
  const { rows, lines } = await read('sep=\t\r\nusername\tdisplay_name\taffiliations\r\nsepxx0002\tAnna\tstudent\r\n')
  t.strictSame([rows, lines], [[['sepxx0002', 'Anna', 'student']], [3]], 'the line numbers are those of the file')
})

t.test('reads every line end, also mixed', async t => {
  for (const end of ['\n', '\r\n', '\r']) {
    t.strictSame((await read(['username,display_name,affiliations', 'linea0001,Anna,student', 'linea0002,"A\nB",student', ''].join(end))).rows, [['linea0001', 'Anna', 'student'], ['linea0002', 'A\nB', 'student']], JSON.stringify(end))
  }
  t.equal((await read('username,display_name,affiliations\r\na1,A,student\nb1,B,student\rc1,C,student')).rows.length, 3)
})

t.test('reads Unicode with a byte order mark, and without as UTF-8', async t => {
  const text = 'username;display_name;affiliations\r\nunico0001;Łukasz Nguyễn-Đặng 王;student\r\n'
  for (const [encoding, bytes] of [['utf-8', text], ['utf-8', `\ufeff${text}`], ['utf-16le', Buffer.from(`\ufeff${text}`, 'utf16le')], ['utf-16be', utf16be(text)]] as const) {
    const { file, rows } = await read(bytes as Buffer)
    t.equal(file.encoding, encoding)
    t.strictSame(rows, [['unico0001', 'Łukasz Nguyễn-Đặng 王', 'student']], encoding)
    t.equal(file.header[0], 'username')
  }
})

t.test('reads Windows-1252 only when it is chosen', async t => {
  const text = 'username;display_name;affiliations\nlatin0001;Åsa Öberg\x92s;student\n'
  t.equal(await refusalOf(Buffer.from(text, 'latin1')), 'not-utf8')
  const { file, rows } = await read(Buffer.from(text, 'latin1'), 'windows-1252')
  t.strictSame([file.encoding, rows], ['windows-1252', [['latin0001', 'Åsa Öberg’s', 'student']]])
  const unicode = await read('username;display_name;affiliations\nlatin0002;Åsa Öberg;student\n', 'windows-1252')
  t.strictSame([unicode.file.encoding, unicode.rows], ['utf-8', [['latin0002', 'Åsa Öberg', 'student']]], 'a file in UTF-8 stays in UTF-8')
})

t.test('refuses what is no account file, and says what it is', async t => {
  t.equal(await refusalOf(''), 'empty')
  t.equal(await refusalOf('\n \n'), 'empty')
  t.equal(await refusalOf(Buffer.from('504b0304140006000800', 'hex'), 'windows-1252'), 'excel-workbook')
  t.equal(await refusalOf(Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'windows-1252'), 'excel-workbook')
  t.equal(await refusalOf('%PDF-1.7\nusername,name,affiliations\n'), 'not-text')
  t.equal(await refusalOf(Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'windows-1252'), 'not-text')
  t.equal(await refusalOf(Buffer.from('username,name,affiliations\n', 'utf16le')), 'not-text')
  t.equal(await refusalOf(Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from('00d8', 'hex'), Buffer.from('usern', 'utf16le')])), 'not-utf16')
  t.equal(await refusalOf('username,student_number\n1,2\n'), 'lacks-columns')
  t.equal(await refusalOf('username,Username,name,affiliations\n'), 'column-twice')
  t.equal(await refusalOf('username,name,affiliations\na,"b,student\n'), 'quote-open')
})

t.test('recognises the columns of its own rejected rows', async t => {
  t.equal((await read(`${rejectedHeader.join(';')};username;name;affiliations\n`)).file.ownColumns, 2)
  t.equal((await read('reason;line;username;name;affiliations\n')).file.ownColumns, 0)
})

t.test('knows whether the dates have the month first', async t => {
  const dated = async (...dates: string[]) => (await read(`username,name,affiliations,birth_date\n${dates.map((date, index) => `u${index},A,student,${date}\n`).join('')}`)).file.hasMonthFirstDates
  t.equal(await dated('01/02/1999', '12/31/1999'), true)
  t.equal(await dated('01/02/1999', '31/12/1999'), false)
})
