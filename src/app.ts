/** The application: what is registered, in reading order. It knows no environment and opens no socket. */
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import { fastify, type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Kysely } from 'kysely'
import type { Directory } from './accounts/directory.js'
import type { LogSettings } from './audit/sealing/log-crypto.js'
import type { Database } from './database/schema.js'
import { ExportLimiter } from './deliveries/exports/running-exports.js'
import { addErrorHandler, createClientErrorHandler, normalizeUrl } from './http/error-handler.js'
import './http/fastify-types.js'
import { validateWithZod } from './http/forms.js'
import { addHealthRoutes } from './http/health/api.js'
import { addOpenApi, API_PREFIX } from './http/openapi/api.js'
import { addLanguageAndTheme, addPreferenceLinks } from './http/preferences.js'
import { addSecurityHeaders } from './http/security-headers.js'
import { addViews } from './http/views.js'
import type { Profile } from './institution/profile.js'
import { registerApiRoutes, registerPageRoutes } from './routes.js'
import type { CodeKeys } from './slips/code-hmac.js'

/** What the features need, handed in by the process or by a test. */
export interface Deps {
  readonly db: Kysely<Database>
  readonly directory: Directory
  readonly profile: Profile
  readonly codeKeys: CodeKeys
  readonly sessionKey: Buffer
  readonly log: LogSettings
  /** Printed and linked; `https:` makes cookies Secure. No trailing slash. */
  readonly publicUrl: string
  readonly demo: boolean
  readonly trustedProxies: readonly string[]
  readonly metricsToken: string | undefined
  readonly logger: FastifyBaseLogger
  readonly now: () => Date
  readonly randomBytes: (size: number) => Buffer
  /** True where an export may keep a connection, and with it one moment for all its pages: on PostgreSQL. */
  readonly snapshots?: boolean
}

/** 64 KiB: the largest form of the house is a letter's address. */
const BODY_LIMIT_BYTES = 64 * 1024
/** A page tells what is too long at its field, with what was typed kept; so it reads more than it takes. */
const FORM_BODY_LIMIT_BYTES = 1024 * 1024
/** As long as Node lets a head be: what is too long for its meaning is told by the schema that reads it. */
const MAX_PARAM_LENGTH = 16 * 1024

/** Builds the application; `listen` or `inject` is the caller's. */
export async function buildApp (deps: Deps): Promise<FastifyInstance> {
  const secure = deps.publicUrl.startsWith('https:')
  const app = fastify({
    loggerInstance: deps.logger,
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    rewriteUrl: ({ url = '/' }) => normalizeUrl(url),
    clientErrorHandler: createClientErrorHandler(deps.publicUrl),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validateWithZod)
  app.setSerializerCompiler(serializerCompiler)

  await addSecurityHeaders(app, secure)
  await app.register(cookie)
  addLanguageAndTheme(app)
  app.decorateRequest('session', null)
  app.decorateRequest('identitySystem', null)
  await addViews(app, { institution: deps.profile.name, contact: deps.profile.contact, demo: deps.demo })
  addErrorHandler(app, deps.publicUrl)

  addHealthRoutes(app, deps)
  await addOpenApi(app, deps)
  // Both doors together have as many exports at once as there may be.
  const runningExports = new ExportLimiter()
  await app.register(toPlugin(async api => await registerApiRoutes(api, deps, runningExports)), { prefix: API_PREFIX })
  await app.register(toPlugin(async pages => {
    await pages.register(formbody, { bodyLimit: FORM_BODY_LIMIT_BYTES })
    addPreferenceLinks(pages, secure)
    await registerPageRoutes(pages, deps, runningExports)
  }))
  return app
}

function toPlugin (register: (app: FastifyInstance) => Promise<void>): FastifyPluginAsync {
  return async app => await register(app)
}
