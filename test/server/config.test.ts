import { randomBytes } from 'node:crypto'
import t from 'tap'
import { ConfigError, parseConfig } from '../../src/config.js'
import { pick } from '../helpers/projections.js'

const createKey = () => randomBytes(32).toString('base64')
const databaseUrl = 'postgres://slipdesk@db.example:5432/slipdesk'

function listConfigErrors (environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.errors
    throw error
  }
}

t.test('serves the demo institution on loopback by default', async t => {
  t.strictSame(pick(parseConfig({}), 'host', 'port', 'publicUrl', 'institution', 'logLevel', 'installation'), {
    host: '127.0.0.1', port: 3000, publicUrl: 'http://127.0.0.1:3000', institution: 'metropolia', logLevel: 'info', installation: { kind: 'demo', dataDir: './data' },
  })
  t.strictSame(pick(parseConfig({ HOST: '', PORT: '', DATABASE_URL: '' }), 'host'), { host: '127.0.0.1' }, 'an empty variable counts as not set')
})

t.test('reports all faults by variable name, without values', async t => {
  const secret = 'c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0'
  const faults = listConfigErrors({ PORT: '99999', LOG_LEVEL: 'chatty', PUBLIC_URL: 'ftp://x', DATABASE_URL: 'mysql://root:hunter2@x', CODE_KEY: secret, SESSION_KEY: 'not base64!' })
  t.strictSame(faults.map(fault => fault.split(':')[0]).sort(), ['CODE_KEY', 'DATABASE_URL', 'LOG_KEY', 'LOG_LEVEL', 'PORT', 'PUBLIC_URL', 'SESSION_KEY'])
  t.notOk(faults.some(fault => fault.includes(secret) || fault.includes('hunter2') || fault.includes('not base64!')))
  t.throws(() => parseConfig({ PORT: 'x', LOG_LEVEL: 'x' }), { name: 'ConfigError', message: /PORT: [\s\S]*LOG_LEVEL: / })
})

t.test('names each missing secret of an institution', async t => {
  t.strictSame(listConfigErrors({ DATABASE_URL: databaseUrl }).map(fault => fault.split(':')[0]), ['CODE_KEY', 'SESSION_KEY', 'LOG_KEY'])
  t.strictSame(listConfigErrors({ DATABASE_URL: databaseUrl, CODE_KEY: createKey() }).map(fault => fault.split(':')[0]), ['SESSION_KEY', 'LOG_KEY'])
  t.strictSame(listConfigErrors({ DATABASE_URL: databaseUrl, CODE_KEY: createKey(), SESSION_KEY: createKey(), LOG_KEY: createKey(), PUBLIC_URL: 'https://desk.example' }), [])
})

t.test('refuses the demo on a public address', async t => {
  for (const HOST of ['0.0.0.0', '::']) t.matchOnlyStrict(listConfigErrors({ HOST }), [/^HOST: .*loopback/, /^PUBLIC_URL: is missing/], HOST)
  for (const HOST of ['192.0.2.7', 'desk.example']) t.matchOnlyStrict(listConfigErrors({ HOST }), [/^HOST: .*loopback/], HOST)
  for (const HOST of ['127.0.0.1', '::1', 'localhost']) t.strictSame(listConfigErrors({ HOST }), [], HOST)
  t.strictSame(listConfigErrors({ HOST: '0.0.0.0', DATABASE_URL: databaseUrl, CODE_KEY: createKey(), SESSION_KEY: createKey(), LOG_KEY: createKey(), PUBLIC_URL: 'https://desk.example' }), [])
})

t.test('signs with the first code key and verifies with all', async t => {
  const [first, second] = [createKey(), createKey()]
  const { installation } = parseConfig({ DATABASE_URL: databaseUrl, CODE_KEY: `${first},${second}`, SESSION_KEY: createKey(), LOG_KEY: createKey() })
  if (installation.kind !== 'institution') return t.fail('an institution')
  const { current, all } = installation.codeKeys
  t.equal(current.key.toString('base64'), first)
  t.strictSame([...all.values()].map(one => one.toString('base64')), [first, second])
  t.equal(new Set(all.keys()).size, 2)
  t.match(current.id, /^[0-9a-f]{8}$/)
  const turned = parseConfig({ DATABASE_URL: databaseUrl, CODE_KEY: `${second},${first}`, SESSION_KEY: createKey(), LOG_KEY: createKey() }).installation
  t.ok(turned.kind === 'institution' && turned.codeKeys.all.has(current.id), 'the old key has the same id after rotation')
})

t.test('reads 32-byte log keys, the current one first', async t => {
  const [first, second] = [createKey(), createKey()]
  const environment = { DATABASE_URL: databaseUrl, CODE_KEY: createKey(), SESSION_KEY: createKey() }
  const { installation } = parseConfig({ ...environment, LOG_KEY: `${first},${second}` })
  t.ok(installation.kind === 'institution' && installation.logKeys.map(one => one.seed.toString('base64')).join() === `${first},${second}`)
  t.matchOnlyStrict(listConfigErrors({ ...environment, LOG_KEY: `${first},${randomBytes(48).toString('base64')}` }), [/^LOG_KEY: .*exactly 32/])
})

t.test('removes a trailing slash from the public address', async t => {
  t.equal(parseConfig({ PUBLIC_URL: 'https://desk.example//' }).publicUrl, 'https://desk.example')
  t.equal(parseConfig({ HOST: '::1', PORT: '8080' }).publicUrl, 'http://[::1]:8080')
})
