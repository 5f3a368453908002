/** Which login may open which page and call. The list is the policy: a route that is missing here, or that another login can open, fails. */
import t from 'tap'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient, type PageClient } from '../helpers/page-client.js'
import { listRoutes, type ListedRoute } from '../helpers/routes.js'

const test = await buildTestApp(t)
const { app } = test
const logins = ['agent', 'student-affairs', 'hr', 'porter', 'auditor', 'admin'] as const

const browsers = new Map<string, PageClient>()
const tokens = new Map<string, string>([['identity system', DEMO_IDENTITY_TOKEN]])
for (const login of logins) {
  const browser = createPageClient(app)
  await browser.signIn(login)
  browsers.set(login, browser)
  tokens.set(login, await test.signIn(login))
}

/** Signing in and out, which end the sessions that this test uses. */
const ownSession = ['POST /sign-in', 'POST /sign-out', 'POST /api/v1/sessions', 'DELETE /api/v1/sessions/current']

/** The logins that may use each route. At another service point, or with an id that is not theirs, they get less: the features' own tests. */
const policy: Readonly<Record<string, readonly string[]>> = {
  'agent student-affairs hr porter auditor admin': [
    'GET /', 'GET /*', 'GET /api/v1/service-points', 'GET /api/v1/postcodes/:postcode', 'GET /accessibility', 'GET /activate', 'POST /activate',
    'GET /activate/done', 'GET /healthz', 'GET /readyz', 'GET /returned-form', 'GET /metrics', 'GET /my-account', 'POST /my-account',
    'GET /openapi.json', 'GET /sign-in', 'GET /docs', 'GET /change-password', 'POST /change-password',
  ],
  'agent student-affairs hr': [
    'POST /api/v1/slips', 'POST /api/v1/slips/:number/void', 'GET /api/v1/accounts', 'GET /api/v1/accounts/:id', 'GET /api/v1/accounts/:id/channels',
    'GET /accounts', 'GET /accounts/results', 'GET /accounts/:id', 'POST /accounts/:id/slips', 'GET /accounts/:id/slips',
    'POST /accounts/:id/address', 'GET /accounts/:id/address', 'GET /slips/:number/issued', 'POST /slips/:number/void', 'POST /slips/:number/reissue',
    'POST /slips/:number/steps', 'POST /code-alerts/:id/settle', 'GET /code-alerts/:id/settle', 'GET /tell',
  ],
  'agent student-affairs hr porter auditor': [
    'GET /api/v1/slips', 'GET /api/v1/slips/:number', 'GET /slips', 'GET /slips/:number', 'GET /slips/:number/void', 'GET /slips/:number/reissue',
    'GET /slips/:number/steps',
  ],
  'agent student-affairs hr porter': [
    'POST /api/v1/slips/:number/steps', 'GET /service-point', 'POST /service-point',
  ],
  auditor: [
    'GET /api/v1/audit/checkpoint', 'GET /api/v1/audit/checkpoints', 'GET /api/v1/audit/verifier-key', 'GET /api/v1/audit/leaves',
    'GET /api/v1/audit/leaf-hashes', 'GET /api/v1/audit/proofs/inclusion', 'GET /api/v1/audit/proofs/consistency', 'GET /api/v1/delivery-records',
    'GET /api/v1/delivery-records/exports/:id', 'GET /overview', 'GET /delivery-records', 'GET /delivery-records/refusals',
    'GET /delivery-records/export', 'GET /delivery-records/export/progress/:ticket', 'GET /log', 'GET /log/verifier.html', 'GET /log/checkpoints.txt',
    'GET /log/leaf-hashes.txt', 'GET /log/leaves.ndjson',
  ],
  'identity system': [
    'POST /api/v1/redemptions', 'DELETE /api/v1/redemptions/:reservation', 'POST /api/v1/redemptions/:reservation/confirm',
  ],
  admin: [
    'GET /accounts/import', 'POST /accounts/import', 'POST /accounts/import/check', 'GET /accounts/import/check', 'POST /accounts/import/start',
    'GET /accounts/import/start', 'POST /accounts/import/discard', 'GET /accounts/import/discard', 'GET /accounts/import/progress',
    'GET /accounts/import/rejected.csv', 'GET /accounts/import/warnings.csv', 'GET /holders', 'GET /holders/:id', 'POST /holders/:id/data.json',
    'GET /holders/:id/data.json', 'POST /holders/:id/data.pdf', 'GET /holders/:id/data.pdf', 'GET /holders/:id/erase', 'POST /holders/:id/erase',
    'GET /service-points', 'GET /service-points/:id', 'POST /service-points/:id', 'GET /staff', 'GET /staff/new', 'POST /staff/new',
    'POST /staff/:id/sessions/end', 'POST /staff/:id/deactivate', 'POST /staff/:id/activate', 'GET /staff/:id', 'POST /staff/:id',
    'POST /staff/:id/password/reset', 'GET /staff/:id/password/reset', 'POST /confirmations/:id/confirm', 'POST /confirmations/:id/decline',
    'POST /confirmations/:id/withdraw',
  ],
  porter: [
    'GET /porter', 'POST /porter/scan', 'GET /porter/scan', 'GET /porter/envelopes/:number', 'POST /porter/envelopes/:number/receive',
    'GET /porter/envelopes/:number/receive', 'POST /porter/envelopes/:number/return', 'GET /porter/envelopes/:number/return',
    'POST /porter/envelopes/:number/hand-over', 'GET /porter/envelopes/:number/hand-over', 'GET /porter/receive', 'POST /porter/receive',
    'GET /porter/count', 'POST /porter/count', 'POST /porter/count/differences', 'GET /porter/count/differences',
  ],
  agent: [
    'GET /dispatches', 'POST /dispatches', 'GET /dispatches/:id', 'GET /dispatches/:id/manifest.pdf', 'GET /letters', 'POST /letters',
    'GET /letters/posting-list.pdf',
  ],
}

t.test('opens each page and call to the roles of the policy, and to no one else', async t => {
  const opened: Record<string, string[]> = {}
  for (const route of listRoutes(app).filter(({ method }) => method !== 'OPTIONS' && method !== 'HEAD')) {
    const name = `${route.method} ${route.url}`
    if (ownSession.includes(name)) continue
    const allowed: string[] = []
    for (const who of route.url.startsWith('/api/v1/') ? [...logins, 'identity system'] : logins) if (await mayUse(who, route)) allowed.push(who)
    ;(opened[allowed.join(' ')] ??= []).push(name)
  }
  t.strictSame(sortRoutes(opened), sortRoutes(policy))
})

function sortRoutes (lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([who, routes]) => [who, [...routes].sort()]))
}

/** An answer other than "not permitted" means that the route is open: the id in the address does not exist. */
async function mayUse (who: string, { method, url }: ListedRoute): Promise<boolean> {
  if (url.startsWith('/api/v1/')) {
    const answer = await app.inject({ method: method as 'GET', url: url.replace(/:\w+/g, 'x'), headers: { authorization: `Bearer ${tokens.get(who)!}` } })
    return answer.statusCode !== 403 && answer.statusCode !== 401
  }
  const browser = browsers.get(who)!
  const path = url.replace(/:\w+/g, 'x')
  const answer = method === 'POST' ? await browser.post(path, {}) : await browser.get(path)
  return answer.statusCode !== 403
}
