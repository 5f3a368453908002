import { monitorEventLoopDelay } from 'node:perf_hooks'
import t from 'tap'
import { checkGuessable } from '../../src/passwords/check-guessable.js'
import { isGuessable } from '../../src/passwords/guessable.js'
import { normalisePassword } from '../../src/passwords/policy.js'

/** Among the slowest for the estimator: many letters that stand for several others. */
const expensive = (salt: number) => `${salt}4@8({[<3€6 9$5+7!1|0%2`.repeat(11).slice(0, 256)

t.test('refuses common passwords and short patterns, also repeated or joined', async t => {
  for (const typed of [
    'passwordpassword', 'Password12345678', 'p4ssw0rdp4ssw0rd', 'pässwörd pässwörd', 'salasanasalasana', 'iloveyou iloveyou', 'football baseball', 'password2026!!!!',
    'aaaaaaaaaaaaaaa', 'abcabcabcabcabc', 'abcdefghijklmnop', '123456789012345', 'qwertyuiopasdfgh', '               ', '🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈🐈', 'a'.repeat(256), 'qwerty '.repeat(30),
  ]) t.equal(isGuessable(normalisePassword(typed)), true, typed)
})

t.test('requires no character classes', async t => {
  for (const typed of ['correct horse battery staple', 'sataa vettä taas tänään', 'my dog is brown', 'gul katt på taket', 'yksi kaksi kolme', 'to be or not to be', '840275619384756', 'JUSTSHOUTINGWORDS']) {
    t.equal(isGuessable(normalisePassword(typed)), false, typed)
  }
})

t.test('examines passwords beside the main thread, twenty at a time', async t => {
  t.equal(await checkGuessable('passwordpassword'), true)
  t.equal(await checkGuessable('seven grey herons sing'), false)
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const answers = Promise.all(Array.from({ length: 20 }, async (_, index) => await checkGuessable(index % 2 === 0 ? expensive(index) : 'abcabcabcabcabc')))
  await t.rejects(checkGuessable('seven grey herons sing'), { name: 'Unavailable', reason: 'password-check-busy' })
  t.strictSame(await answers, Array.from({ length: 20 }, (_, index) => index % 2 === 1), 'each gets its own answer')
  delays.disable()
  t.comment(`the main thread waited for at most ${(delays.max / 1e6).toFixed(0)} ms`)
  t.equal(await checkGuessable('seven grey herons sing'), false, 'and others again afterwards')
})
