import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient } from '../helpers/page-client.js'

/** The headers that the OWASP lists name, and those that tell what the server is made of. */
const examined = [
  'content-security-policy', 'cross-origin-embedder-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'cache-control', 'referrer-policy', 'strict-transport-security',
  'x-content-type-options', 'x-dns-prefetch-control', 'x-frame-options', 'x-permitted-cross-domain-policies', 'x-xss-protection', 'server', 'x-powered-by', 'access-control-allow-origin',
]
const common = {
  'content-security-policy': "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';frame-src 'self' blob:;base-uri 'none';frame-ancestors 'none';object-src 'none'",
  'cross-origin-embedder-policy': undefined,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'strict-transport-security': undefined,
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  server: undefined,
  'x-powered-by': undefined,
  'access-control-allow-origin': undefined,
}

t.test('sends the security headers of the OWASP lists with every answer', async t => {
  const { app } = await buildTestApp(t, { publicUrl: 'https://desk.example' })
  for (const [url, changes] of [
    ['/sign-in', {}], ['/activate', {}], ['/api/v1/accounts', {}], ['/healthz', {}],
    ['/no-such-page', { 'referrer-policy': 'no-referrer' }],
    ['/assets/style.css', { 'cache-control': 'public, max-age=86400' }],
  ] as const) {
    const { headers } = await app.inject({ url })
    t.strictSame(Object.fromEntries(examined.map(name => [name, headers[name]])), { ...common, 'strict-transport-security': 'max-age=31536000; includeSubDomains', ...changes }, url)
    const features = String(headers['permissions-policy']).split(', ')
    for (const feature of ['camera=()', 'microphone=()', 'geolocation=()', 'payment=()', 'usb=()', 'display-capture=()', 'publickey-credentials-get=()', 'sync-xhr=()']) t.ok(features.includes(feature), `${url}: ${feature}`)
    t.equal(features.length, 32)
  }
})

t.test('clears cache and storage at sign-out, and no cookie but the session', async t => {
  const { app } = await buildTestApp(t)
  const browser = createPageClient(app)
  await browser.get('/sign-in?lang=sv')
  await browser.signIn('agent')
  t.equal((await browser.get('/sign-in')).headers['clear-site-data'], undefined)
  const before = [...browser.cookies.keys()].sort()
  t.strictSame(before, ['language', 'slipdesk', 'slipdesk-device', 'slipdesk-visitor'])
  await browser.get('/accounts')
  const answer = await browser.post('/sign-out', {})
  t.strictSame([answer.statusCode, answer.headers['clear-site-data']], [303, '"cache", "storage"'])
  t.strictSame([...browser.cookies.keys()].sort(), ['language', 'slipdesk-device', 'slipdesk-visitor'])
})
