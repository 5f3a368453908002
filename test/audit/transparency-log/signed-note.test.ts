import t from 'tap'
import { splitCheckpoints, formatCheckpoint, openCheckpoint, parseCheckpoint } from '../../../src/audit/transparency-log/checkpoint.js'
import { formatNote, formatVerifierKey, parseNote, parseVerifierKey, verifySignatures, createVerifierKey } from '../../../src/audit/transparency-log/signed-note.js'
import { nodeCrypto, derivePublicKey, sha256, signEd25519 } from '../../../src/audit/sealing/log-crypto.js'
import { pick } from '../../helpers/projections.js'

// The example of golang.org/x/mod/sumdb/note: a key and a note that it signed.
const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const peterSeed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1)
const peterText = 'If you think cryptography is the answer to your problem,\nthen you don\'t know what your problem is.\n'
const peterNote = `${peterText}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`
// The example of c2sp.org/signed-note.
const example = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const exampleNote = 'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'
// The example of c2sp.org/tlog-checkpoint.
const sofa = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
const sofaNote = `${sofa}\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`

const keyOf = (text: string) => parseVerifierKey(sha256, text)!

t.test('verifies the notes of the standard’s example, byte for byte', async t => {
  for (const [key, note] of [[peter, peterNote], [example, exampleNote]] as const) {
    const parsed = parseNote(note)!
    t.strictSame(verifySignatures(nodeCrypto, parsed, [keyOf(key)]), { keys: [keyOf(key)] })
    t.equal(formatNote(parsed), note)
    t.equal(formatVerifierKey(keyOf(key)), key)
  }
})

t.test('makes the example’s signature with the example’s private key', async t => {
  const key = createVerifierKey(sha256, 'PeterNeumann', derivePublicKey(peterSeed))
  t.equal(formatVerifierKey(key), peter)
  t.equal(formatNote({ text: peterText, signatures: [{ name: key.name, keyId: key.id, signature: signEd25519(peterSeed, Buffer.from(peterText)) }] }), peterNote)
})

t.test('reports a changed note as forged and ignores an unknown key', async t => {
  const verdict = (note: string, ...keys: string[]) => verifySignatures(nodeCrypto, parseNote(note)!, keys.map(keyOf))
  t.strictSame(verdict(peterNote.replace('answer', 'Answer'), peter), { forged: keyOf(peter) })
  t.strictSame(verdict(peterNote.replace('x08go/ZJ', 'x08go/ZK'), peter), { forged: keyOf(peter) })
  t.strictSame(verdict(peterNote, example), { keys: [] })
  const both = peterNote + exampleNote.split('\n\n')[1]!
  t.strictSame(verdict(both, peter), { keys: [keyOf(peter)] }, 'beside an unknown signature')
  t.strictSame(verdict(both, peter, example), { forged: keyOf(example) }, 'one invalid signature of a known key makes the note invalid')
})

t.test('refuses what is not a note or a key', async t => {
  const notes = ['', '\n', 'text\n', 'text\n\n', peterText, peterNote.slice(0, -1), peterNote.replace('— ', '- '), peterNote.replace('— PeterNeumann ', '— '), peterNote.replace('BwJnAM=', 'BwJnAN='), peterNote.replace('think', 'th\tink'), `${peterText}\n— PeterNeumann AAAA\n`, peterNote.replace('PeterNeumann x', 'Peter+Neumann x')]
  t.strictSame(notes.filter(note => parseNote(note) !== undefined), [])
  const keys = ['', 'PeterNeumann', peter.replace('c74f20a3', 'c74f20a4'), peter.replace('PeterNeumann', 'Peter'), peter.replace('+ARpc', '+BRpc'), peter.slice(0, -4), `${peter}AAAA`, peter.replaceAll('+', ' ')]
  t.strictSame(keys.filter(key => parseVerifierKey(sha256, key) !== undefined), [])
})

t.test('encodes a checkpoint as origin, size and root', async t => {
  const checkpoint = parseCheckpoint(sofa)!
  t.strictSame(pick(checkpoint, 'origin', 'size'), { origin: 'example.com/behind-the-sofa', size: 20852163 })
  t.equal(formatCheckpoint(checkpoint), sofa)
  t.equal(parseCheckpoint(`${sofa}an extension\n`)!.size, 20852163)
  const texts = ['', sofa.slice(0, -1), sofa.replace('20852163', '020852163'), sofa.replace('20852163', '-1'), sofa.replace('20852163', '9007199254740993'), sofa.replace('2I=', ''), sofa.replace('CsUY', 'CsUYCsUY'), `${sofa}\n`, `\n${sofa}`]
  t.strictSame(texts.filter(text => parseCheckpoint(text) !== undefined), [])
  t.strictSame(openCheckpoint(nodeCrypto, sofaNote, [keyOf(peter)]), { fault: 'unknown-key' })
  t.strictSame(openCheckpoint(nodeCrypto, peterNote, [keyOf(peter)]), { fault: 'no-checkpoint' }, 'a valid note that is no checkpoint')
})

t.test('reads a checkpoint file note by note and skips an incomplete note', async t => {
  t.strictSame(splitCheckpoints(`${sofaNote}\n${sofaNote}\n`), { notes: [sofaNote, sofaNote], unreadable: 0 })
  t.strictSame(splitCheckpoints(sofaNote), { notes: [sofaNote], unreadable: 0 })
  t.strictSame(splitCheckpoints('\n\n'), { notes: [], unreadable: 0 })
  const incomplete = Array.from({ length: sofaNote.length - 2 }, (_, index) => sofaNote.slice(0, index + 1))
  t.strictSame(incomplete.map(piece => splitCheckpoints(`${sofaNote}\n${piece}\n\n${sofaNote}\n`).notes), incomplete.map(() => [sofaNote, sofaNote]))
  t.strictSame(incomplete.map(piece => splitCheckpoints(`${sofaNote}\n${piece}`).notes), incomplete.map(() => [sofaNote]))
  t.equal(splitCheckpoints(`${sofaNote}\nsomething else\n\n${sofaNote}`).unreadable, 1)
})
