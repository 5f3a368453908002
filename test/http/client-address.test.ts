import t from 'tap'
import { normalizeForwardedFor } from '../../src/http/client-address.js'
import { addressGroup, canonicalAddress } from '../../src/institution/network-address.js'
import { buildTestApp } from '../helpers/app.js'

const failedSignIn = { method: 'POST', url: '/sessions', payload: { login: 'no-such-login', password: 'wrong' } } as const
const proxies = ['10.0.0.0/8']

t.test('counts sign-ins of one client together, however its address is written', async t => {
  const { api, deps } = await buildTestApp(t, { trustedProxies: proxies })
  for (const [name, spellings] of Object.entries({
    'with and without a port': ['192.0.2.7', '192.0.2.7:5678', '192.0.2.7:5679'],
    'IPv6 with a port, in capitals, with a zone': ['2001:db8::1', '[2001:DB8:0:0::1]:443', '[2001:db8::1%eth0]:444'],
    'IPv4 inside IPv6, also in hexadecimal': ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:0201', '[::ffff:c000:201]:80'],
    'behind two proxies, the inner one with its port': ['192.0.2.7, 10.0.0.2:4567', '192.0.2.7:9, 10.0.0.2:4568'],
    'no address: the proxy that passed it on': ['unknown', '_hidden', '192.0.2.999:80', 'unknown, 10.0.0.1'],
  })) {
    for (const spelling of spellings) await api(undefined, { ...failedSignIn, remoteAddress: '10.0.0.1', headers: { 'x-forwarded-for': spelling } })
    const counts = await deps.db.selectFrom('sign_in_tries').select('tries').execute()
    t.strictSame(counts, [{ tries: spellings.length }, { tries: spellings.length }], `${name}: one count for the address, one for the login`)
    await deps.db.deleteFrom('sign_in_tries').execute()
  }
})

t.test('ignores the header of a client that is no trusted proxy', async t => {
  const { api, deps } = await buildTestApp(t, { trustedProxies: proxies })
  for (const forged of ['192.0.2.8', '192.0.2.9:1']) await api(undefined, { ...failedSignIn, remoteAddress: '198.51.100.7', headers: { 'x-forwarded-for': forged } })
  t.strictSame(await deps.db.selectFrom('sign_in_tries').select('tries').execute(), [{ tries: 2 }, { tries: 2 }])
})

t.test('reads every form of an address and nothing else', async t => {
  for (const [written, expected] of [
    ['192.0.2.7', '192.0.2.7'], ['"[2001:DB8::1]:443"', '2001:db8::1'], ['[2001:db8::1]', '2001:db8::1'], ['::ffff:c000:0201', '192.0.2.1'], ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'], ['192.0.2.1:x', undefined], ['192.0.2', undefined], ['3221225985', undefined], ['0xc0.0.2.1', undefined], ['192.0.2.01', undefined],
    ['', undefined], ['[::1', undefined], ['desk.example', undefined], ['%eth0', undefined],
  ] as const) t.equal(canonicalAddress(written), expected, written)
  t.equal(addressGroup('::ffff:c000:0201'), '192.0.2.1', 'a mapped peer counts as its IPv4 address')
  t.equal(addressGroup('2001:DB8::1%eth0'), '2001:db8:0:0::/64')
})

t.test('reads at most the last twenty entries of the header', async t => {
  t.equal(normalizeForwardedFor(Array.from({ length: 3000 }, (_, index) => `192.0.2.${index % 250}`).join(',')).split(', ').length, 20)
})
