import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import t from 'tap'
import { ConfigError, parseConfig, parseDirectoryConfig, parseOperatorConfig } from '../../../src/config.js'
import { projectRoot } from '../../helpers/project-root.js'
import { attributeMap, parseLdapSettings } from '../../helpers/ldap/fixtures.js'
import { pick } from '../../helpers/projections.js'

const set = { DATABASE_URL: 'postgres://slipdesk@db.example/slipdesk?sslmode=verify-full', DIRECTORY: 'ldap', LDAP_URLS: 'ldaps://ldap.example', LDAP_BIND_DN: 'cn=x', LDAP_BIND_PASSWORD: 'hunter2', LDAP_BASE_DN: 'dc=x', LDAP_ATTRIBUTES: JSON.stringify(attributeMap) }

function faultsOf (environment: Record<string, string>): readonly string[] {
  try {
    parseDirectoryConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.errors
    throw error
  }
}

t.test('uses the built-in directory by default', async t => {
  t.strictSame(parseConfig({}).directory, { kind: 'built-in' })
})

t.test('reads servers in order, with ports and encryption', async t => {
  const settings = parseLdapSettings('ldaps://one.example, ldap://two.example:3890 ldap://[::1]/', { LDAP_START_TLS: 'true' })
  t.strictSame(settings.servers, [
    { host: 'one.example', port: 636, security: 'ldaps', loopback: false },
    { host: 'two.example', port: 3890, security: 'start-tls', loopback: false },
    { host: '::1', port: 389, security: 'start-tls', loopback: true },
  ])
  t.equal(parseLdapSettings('ldap://localhost').servers[0]?.security, 'none', 'a connection to this machine needs no encryption')
  t.equal(settings.timeout, 5000)
})

t.test('reports all faults together, by variable name', async t => {
  t.strictSame(faultsOf(set), [])
  t.strictSame(faultsOf({ DIRECTORY: 'ldap' }).map(fault => fault.split(':')[0]), ['DIRECTORY', 'LDAP_URLS', 'LDAP_BIND_DN', 'LDAP_BIND_PASSWORD', 'LDAP_BASE_DN', 'LDAP_ATTRIBUTES'])
  const wrong = { ...set, LDAP_URLS: 'https://x', LDAP_START_TLS: 'perhaps', LDAP_CA_FILE: '/nowhere.pem', LDAP_FILTER: '(uid=*', LDAP_ATTRIBUTES: '{"username":"uid"}', LDAP_PASSWORD: 'md5', LDAP_TIMEOUT: '0' }
  t.strictSame([...new Set(faultsOf(wrong).map(fault => fault.split(':')[0]))].sort(), ['LDAP_ATTRIBUTES', 'LDAP_CA_FILE', 'LDAP_FILTER', 'LDAP_PASSWORD', 'LDAP_START_TLS', 'LDAP_TIMEOUT', 'LDAP_URLS'])
  t.matchOnlyStrict(faultsOf({ ...set, LDAP_ATTRIBUTES: '{"username":"uid","displayName":"cn"}' }), [/^LDAP_ATTRIBUTES: affiliation: /])
  t.matchOnlyStrict(faultsOf({ ...set, LDAP_ATTRIBUTES: '/nowhere.json' }), [/^LDAP_ATTRIBUTES: is neither JSON nor a readable file/])
  t.matchOnlyStrict(faultsOf({ LDAP_URLS: 'ldaps://x', LDAP_BASE_DN: 'dc=x' }), [/^LDAP_URLS: only DIRECTORY=ldap reads it/, /^LDAP_BASE_DN: only/])
  for (const url of ['ldap://user@x', 'ldap://x/dc=y', 'ldap://x?uid', 'ldap://', 'x', 'ldapi:///tmp/socket']) t.matchOnlyStrict(faultsOf({ ...set, LDAP_URLS: url }), [/^LDAP_URLS: must be/], url)
})

t.test('requires TLS for a remote directory', async t => {
  for (const host of ['ldap.example', '192.0.2.7', '127.0.0.1.example', '[2001:db8::1]']) {
    t.matchOnlyStrict(faultsOf({ ...set, LDAP_URLS: `ldaps://ldap.example,ldap://${host}` }), [/^LDAP_URLS: .* would be contacted without TLS/], host)
    t.strictSame(faultsOf({ ...set, LDAP_URLS: `ldap://${host}`, LDAP_START_TLS: 'true' }), [])
  }
  for (const host of ['127.0.0.1:3890', '[::1]', 'localhost']) t.strictSame(faultsOf({ ...set, LDAP_URLS: `ldap://${host}` }), [], host)
})

t.test('hides the bind password and refuses message logging', async t => {
  const settings = parseLdapSettings('ldap://localhost', { LDAP_BIND_PASSWORD: 'hunter2' })
  t.equal(settings.bindPassword.reveal(), 'hunter2')
  t.notMatch([inspect(settings, { depth: 9, showHidden: true }), JSON.stringify(settings), String(settings.bindPassword)].join('\n'), 'hunter2')
  for (const NODE_DEBUG of ['ldapts', 'http,LDAPTS', '*', 'ldap*']) t.matchOnlyStrict(faultsOf({ ...set, NODE_DEBUG }), [/^NODE_DEBUG: /], NODE_DEBUG)
})

t.test('lets commands without a directory run without its settings', async t => {
  t.strictSame(pick(parseOperatorConfig({ DATABASE_URL: set.DATABASE_URL, DIRECTORY: 'ldap' }), 'data'), { data: { databaseUrl: set.DATABASE_URL } })
})

t.test('accepts the example maps of docs/operations.md', async t => {
  const text = readFileSync(new URL('docs/operations.md', projectRoot), 'utf8')
  const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(match => match[1]!)
  t.equal(examples.length, 2, 'OpenLDAP and Active Directory')
  for (const example of examples) {
    const file = join(t.testdir({ 'map.json': example }), 'map.json')
    t.strictSame(faultsOf({ ...set, LDAP_ATTRIBUTES: file }), [])
  }
})
