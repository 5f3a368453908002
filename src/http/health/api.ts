/** `/healthz`: the process runs. `/readyz`: the database answers and its schema is current. `/metrics`: for Prometheus. */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Kysely, sql } from 'kysely'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { listPendingMigrations } from '../../database/migrations.js'
import type { Database } from '../../database/schema.js'
import { NotFound } from '../../institution/errors.js'
import { securityEventCounter } from '../../monitoring/security-log.js'
import type { ConnectionCounts } from '../connections.js'
import { Problem } from '../problems.js'

export interface HealthDeps {
  readonly db: Kysely<Database>
  readonly metricsToken: string | undefined
  readonly trustedProxies: readonly string[]
}

/** Adds the routes. The application itself must get them, not a scope of it, because every answer is measured. */
export function addHealthRoutes (app: FastifyInstance, deps: HealthDeps & { readonly connections: ConnectionCounts }): void {
  app.get('/healthz', { config: { public: true } }, async () => ({ status: 'ok' }))

  // Checked until it is true: a schema that is current remains so, because the process brings its migrations with it.
  let isSchemaCurrent = false
  app.get('/readyz', { config: { public: true } }, async () => {
    await sql`select 1`.execute(deps.db)
    isSchemaCurrent ||= (await listPendingMigrations(deps.db)).length === 0
    if (!isSchemaCurrent) throw new Problem('unavailable', { variant: 'migrations', headers: { 'retry-after': '30' } })
    return { status: 'ready' }
  })

  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  registry.registerMetric(securityEventCounter)
  addConnectionMetrics(registry, deps.connections)
  registry.registerMetric(createOpenAlertsGauge(deps.db))
  app.addHook('onClose', async () => registry.clear())
  app.addHook('onResponse', async (request, reply) => {
    durations.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  app.get('/metrics', { config: { public: true } }, async (request, reply) => {
    if (!canReadMetrics(request, deps)) throw new NotFound('page')
    return await reply.type(registry.contentType).send(await registry.metrics())
  })
}

/** The counts are read at each scrape. */
function addConnectionMetrics (registry: Registry, connections: ConnectionCounts): void {
  registry.registerMetric(new Gauge({
    name: 'http_connections_open',
    help: 'Open connections of clients',
    registers: [],
    collect () { this.set(connections.open) },
  }))
  registry.registerMetric(new Counter({
    name: 'http_connections_refused_total',
    help: 'Connections refused: too many of one address, or too many in all',
    labelNames: ['reason'],
    registers: [],
    collect () {
      this.reset()
      for (const [reason, count] of Object.entries(connections.refused)) this.inc({ reason }, count)
    },
  }))
}

/** Counts the open code alerts at each scrape. While the database does not answer the metric has no value; the others do. */
function createOpenAlertsGauge (db: Kysely<Database>): Gauge {
  return new Gauge({
    name: 'slipdesk_open_code_alerts',
    help: 'Alerts about a code of an inactive slip that no agent has dealt with',
    registers: [],
    async collect () {
      const counted = await db.selectFrom('code_alerts').select(({ fn }) => fn.countAll<string>().as('open')).where('settled_at', 'is', null)
        .executeTakeFirstOrThrow().catch(() => undefined)
      this.set(counted === undefined ? NaN : Number(counted.open))
    },
  })
}

const loopbackAddresses: readonly string[] = ['127.0.0.1', '::1', '::ffff:127.0.0.1']
/** Headers that proxies add. */
const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'] as const

/** Returns whether the caller can read metrics. With a token, callers that have it; without one, direct callers on this machine, and no one behind trusted proxies. */
function canReadMetrics (request: FastifyRequest, { metricsToken: token, trustedProxies }: Pick<HealthDeps, 'metricsToken' | 'trustedProxies'>): boolean {
  if (token === undefined) {
    return trustedProxies.length === 0 && loopbackAddresses.includes(request.socket.remoteAddress ?? '') && forwardingHeaders.every(name => request.headers[name] === undefined)
  }
  const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
