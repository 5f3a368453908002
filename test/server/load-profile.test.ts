import t from 'tap'
import { loadProfile } from '../../src/bootstrap.js'

t.test('loads a known profile or a profile file of any name', async t => {
  t.equal((await loadProfile('metropolia')).id, 'metropolia')
  for (const name of ['constructor', '__proto__', 'toString', 'no-such-file.json']) {
    await t.rejects(loadProfile(name), { name: 'ConfigError', message: /is neither a known profile \(metropolia\) nor a readable JSON file/ }, name)
  }
})
