import t from 'tap'
import { hashPassword, verifyPassword } from '../../src/passwords/hashing.js'

t.test('hashes with argon2id, 19 MiB, two passes and one lane', async t => {
  const hash = await hashPassword('a long enough passphrase')
  t.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  t.equal(await verifyPassword(hash, 'a long enough passphrase'), true)
  t.equal(await verifyPassword(hash, 'a long enough Passphrase'), false)
})

t.test('hashes the NFC form, so that every keyboard gives the same password', async t => {
  const hash = await hashPassword('sala\u0308inen lause yössä')
  t.equal(await verifyPassword(hash, 'sal\u00e4inen lause y\u00f6ss\u00e4'), true)
})

t.test('matches no password, not even an empty one, without a hash', async t => {
  t.equal(await verifyPassword(undefined, ''), false)
  t.equal(await verifyPassword(undefined, 'demo-slipdesk-2026'), false)
})

t.test('runs argon2 for unknown logins too', async t => {
  const hash = await hashPassword('a long enough passphrase')
  await verifyPassword(undefined, 'warms up the hash of nobody')
  const known: number[] = []
  const unknown: number[] = []
  // Alternates, so that load on the machine affects both.
  for (let round = 0; round < 12; round++) {
    known.push(await time(async () => await verifyPassword(hash, 'wrong')))
    unknown.push(await time(async () => await verifyPassword(undefined, 'wrong')))
  }
  const [knownFastest, unknownFastest] = [Math.min(...known), Math.min(...unknown)]
  t.ok(unknownFastest > knownFastest / 2, `unknown ${unknownFastest.toFixed(1)} ms, known ${knownFastest.toFixed(1)} ms`)
})

async function time (work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
