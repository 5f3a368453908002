import { randomBytes } from 'node:crypto'
import t from 'tap'
import { ConfigError, parseConfig, parseOperatorConfig } from '../../src/config.js'
import { pick } from '../helpers/projections.js'

const createKey = () => randomBytes(32).toString('base64')
const databaseUrl = 'postgres://slipdesk@db.example:5432/slipdesk?sslmode=verify-full'

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

const createInstitution = () => ({ DATABASE_URL: databaseUrl, CODE_KEY: createKey(), SESSION_KEY: createKey(), LOG_KEY: createKey(), PUBLIC_URL: 'https://desk.example' })

t.test('refuses plain http where other machines can reach an institution', async t => {
  const institution = createInstitution()
  for (const HOST of ['0.0.0.0', '::', '10.1.2.3', 'desk.internal']) {
    t.matchOnlyStrict(listConfigErrors({ ...institution, HOST, PUBLIC_URL: 'http://desk.example' }), [/^PUBLIC_URL: must be an https address/], HOST)
    t.matchOnlyStrict(listConfigErrors({ ...institution, HOST, PUBLIC_URL: 'http://127.0.0.1:3000' }), [/^PUBLIC_URL: must be an https address, because HOST/], HOST)
    t.matchOnlyStrict(listConfigErrors({ ...institution, HOST, PUBLIC_URL: '' }), [/^PUBLIC_URL: is missing/], HOST)
    t.strictSame(listConfigErrors({ ...institution, HOST }), [], HOST)
  }
  t.matchOnlyStrict(listConfigErrors({ ...institution, HOST: '127.0.0.1', PUBLIC_URL: 'http://desk.example' }), [/^PUBLIC_URL: must be an https address/], 'a proxy without TLS')
  for (const PUBLIC_URL of ['', 'http://localhost:3000', 'http://[::1]:3000']) t.strictSame(listConfigErrors({ ...institution, PUBLIC_URL }), [], 'this machine alone')
})

t.test('refuses one key for several purposes', async t => {
  const [one, other] = [createKey(), createKey()]
  const institution = createInstitution()
  t.matchOnlyStrict(listConfigErrors({ ...institution, CODE_KEY: one, SESSION_KEY: one }), [/^SESSION_KEY: is the same key as CODE_KEY/])
  t.matchOnlyStrict(listConfigErrors({ ...institution, CODE_KEY: `${other},${one}`, LOG_KEY: `${createKey()},${one}` }), [/^LOG_KEY: is the same key as CODE_KEY/])
  t.matchOnlyStrict(listConfigErrors({ ...institution, CODE_KEY: one, SESSION_KEY: one, LOG_KEY: one }), [/^SESSION_KEY: .* CODE_KEY/, /^LOG_KEY: .* CODE_KEY/, /^LOG_KEY: .* SESSION_KEY/])
  t.matchOnlyStrict(listConfigErrors({ ...institution, CODE_KEY: one, SESSION_KEY: one.replaceAll('+', '-').replaceAll('/', '_').replace('=', '') }), [/^SESSION_KEY: is the same key/], 'in another spelling')
  t.notOk(listConfigErrors({ ...institution, CODE_KEY: one, SESSION_KEY: one }).some(error => error.includes(one)), 'without the key')
})

t.test('refuses keys that no random generator made', async t => {
  const weakKeys = {
    zeros: Buffer.alloc(32),
    'one byte': Buffer.alloc(48, 0xff),
    'few different bytes': Buffer.from('0123456'.repeat(5) + '0012345612345601'),
    'a repeated pattern': Buffer.from('change-me-now!!!'.repeat(2)),
    'a pattern and its beginning': Buffer.from('slipdesk-key-'.repeat(3)).subarray(0, 32),
    'a sequence': Buffer.from(Array.from({ length: 32 }, (_, index) => index)),
    'a falling sequence': Buffer.from(Array.from({ length: 40 }, (_, index) => 255 - index * 2)),
  }
  for (const [name, bytes] of Object.entries(weakKeys)) {
    t.matchOnlyStrict(listConfigErrors({ ...createInstitution(), SESSION_KEY: bytes.toString('base64') }), [/^SESSION_KEY: is not random/], name)
    t.matchOnlyStrict(listConfigErrors({ ...createInstitution(), CODE_KEY: `${createKey()},${bytes.toString('base64')}` }), [/^CODE_KEY: is not random/], name)
  }
  for (let left = 20; left > 0; left--) t.strictSame(listConfigErrors(createInstitution()), [])
})

t.test('refuses proxies that are a large part of the Internet', async t => {
  for (const network of ['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '10.0.0.0/7', '2000::/3', '::ffff:0:0/96', '::ffff:0.0.0.0/97', '::/80', '::/64']) {
    t.matchOnlyStrict(listConfigErrors({ ...createInstitution(), TRUSTED_PROXIES: `127.0.0.1,${network}` }), [/^TRUSTED_PROXIES: .* far wider/], network)
  }
  for (const network of ['10.0.0.0/8', '192.0.2.7', '192.0.2.0/24', 'fc00::/7', '2001:db8::/32', '::ffff:10.0.0.0/104', 'loopback,uniquelocal', '::1']) {
    t.strictSame(listConfigErrors({ ...createInstitution(), TRUSTED_PROXIES: network }), [], network)
  }
})

t.test('asks for a decision about TLS to a database on another machine', async t => {
  const withDatabase = (address: string, more = {}) => listConfigErrors({ ...createInstitution(), DATABASE_URL: address, ...more })
  for (const query of ['', '?sslmode=allow', '?sslmode=prefer', '?sslmode=require', '?sslmode=verify-ca', '?sslmode=no-verify', '?ssl=true', '?sslmode=verify-full&sslmode=prefer']) {
    t.matchOnlyStrict(withDatabase(`postgres://slipdesk@db.example/slipdesk${query}`), [/^DATABASE_URL: the database is on another machine/], query)
    t.throws(() => parseOperatorConfig({ DATABASE_URL: `postgres://slipdesk@db.example/slipdesk${query}` }), { name: 'ConfigError', message: /DATABASE_URL: the database is on another machine/ }, 'operator commands too')
  }
  t.matchOnlyStrict(withDatabase('postgres://slipdesk@127.0.0.1/slipdesk?host=db.example'), [/^DATABASE_URL: the database is on another machine/])
  t.strictSame(withDatabase('postgres://slipdesk@db.example/slipdesk', { PGSSLMODE: 'verify-full' }), [])
  for (const address of ['postgres://slipdesk@127.0.0.1:5432/slipdesk', 'postgres://localhost/slipdesk', 'postgres://slipdesk@[::1]/slipdesk', 'postgres://slipdesk@%2Fvar%2Frun%2Fpostgresql/slipdesk', 'postgres://slipdesk@localhost/slipdesk?host=/var/run/postgresql']) {
    t.strictSame(withDatabase(address), [], address)
    t.strictSame(parseConfig({ ...createInstitution(), DATABASE_URL: address }).warnings, [])
  }
  t.strictSame(withDatabase(`${databaseUrl}&sslrootcert=/etc/ca.pem`), [])
  const clear = parseConfig({ ...createInstitution(), DATABASE_URL: 'postgres://slipdesk@db.example/slipdesk?sslmode=disable' })
  t.matchOnlyStrict(clear.warnings, [/^DATABASE_URL has sslmode=disable/], 'allowed when it is written, and repeated in the log')
})
