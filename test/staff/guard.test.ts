import fastify from 'fastify'
import t from 'tap'
import { addGuard } from '../../src/staff/guard.js'
import { permissions } from '../../src/staff/permissions.js'
import { buildTestApp } from '../helpers/app.js'
import { readProblem } from '../helpers/projections.js'
import { listRoutes } from '../helpers/routes.js'

const { app, signIn, api } = await buildTestApp(t)

t.test('refuses to register a route without a permission', async t => {
  const bare = fastify()
  addGuard(bare, 'page')
  t.throws(() => bare.get('/forgotten', async () => 'open to all'), /\/forgotten must name one of config.permission, config.scope and config.public/)
  t.throws(() => bare.get('/both', { config: { public: true, permission: 'slips:read' } }, async () => ''), /must name one of/)
  t.throws(() => bare.post('/form', { config: { permission: 'slips:void' } }, async () => ''), /POST \/form must say in config.form how its form comes back/)
  await bare.close()
})

t.test('requires signing in for every private page and API call', async t => {
  const routes = listRoutes(app)
  t.ok(routes.length > 20, 'the routes were read')
  const open = new Set<string>()
  for (const { method, url } of routes) {
    const answer = await app.inject({ method: method as 'GET', url: url.replace(/:\w+/g, 'x') })
    if (url.startsWith('/api/')) {
      if (answer.statusCode !== 401) open.add(`${method} ${url}`)
    } else if (method === 'GET' || method === 'HEAD') {
      if (answer.statusCode !== 303 || !(answer.headers.location ?? '').toString().startsWith('/sign-in')) open.add(`${method} ${url}`)
    } else if (answer.statusCode !== 403 && !(answer.statusCode === 303 && String(answer.headers.location).startsWith('/sign-in'))) {
      open.add(`${method} ${url}`)
    }
  }
  t.strictSame([...open].filter(route => !route.startsWith('OPTIONS ')).sort(), publicRoutes)
})

/**
 * Routes without sign-in: health, metrics, assets (the tree shows `/assets/*` as `/*`), signing in, the holder's pages,
 * the API document and the accessibility statement.
 */
const publicRoutes: readonly string[] = [
  ...['GET', 'HEAD'].flatMap(method => ['/*', '/accessibility', '/activate', '/activate/done', '/docs', '/healthz', '/metrics', '/my-account', '/openapi.json', '/readyz', '/sign-in'].map(path => `${method} ${path}`)),
  'POST /api/v1/sessions',
]

t.test('answers 403 at the API without the permission', async t => {
  const answer = await api(await signIn('auditor'), { url: '/accounts?q=x' })
  t.equal(answer.statusCode, 403)
  t.strictSame(readProblem(answer), { status: 403, code: 'not-permitted' })
  t.equal((await api(undefined, { url: '/accounts?q=x' })).statusCode, 401)
})

t.test('grants every permission to some role', async t => {
  for (const [permission, roles] of Object.entries(permissions)) t.ok(roles.length > 0, permission)
})
