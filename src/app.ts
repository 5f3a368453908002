/** The application: what is registered, in reading order. It knows no environment and opens no socket. */
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import { fastify, type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { AppDeps } from './deps.js'
import { addForwardedForNormalization } from './http/client-address.js'
import { endConnectionsWhenClosing } from './http/closing.js'
import { addCodeRemoval } from './http/code-in-address.js'
import { defaultLimits, limitConnections, limitRequestTime, toServerOptions } from './http/connections.js'
import { addErrorHandler, createClientErrorHandler, normalizeUrl } from './http/error-handler.js'
import { validateWithZod } from './http/forms.js'
import { addHealthRoutes } from './http/health/api.js'
import { addOpenApi, API_PREFIX } from './http/openapi/api.js'
import { addLanguageAndTheme, addPreferenceLinks } from './http/preferences.js'
import { addSecurityHeaders } from './http/security-headers.js'
import { StreamLimiter } from './http/streams.js'
import { addViews } from './http/views.js'
import { registerApiRoutes, registerPageRoutes } from './routes.js'
import { decorateRequests } from './staff/authenticate.js'
import { listMenuItems } from './staff/menu.js'

/** 64 KiB: the largest form is a letter's address. */
const BODY_LIMIT_BYTES = 64 * 1024
/** Larger than any accepted form, so that a field that is too long is reported at the field and keeps its value. */
const FORM_BODY_LIMIT_BYTES = 1024 * 1024
/** As long as Node's limit for request headers, so that the schema of the route reports a value that is too long. */
const MAX_PARAM_LENGTH = 16 * 1024

/** Builds the application; the caller does `listen` or `inject`. */
export async function buildApp (deps: AppDeps): Promise<FastifyInstance> {
  const limits = { ...defaultLimits, ...deps.connectionLimits }
  const secure = deps.publicUrl.startsWith('https:')
  const app = fastify({
    loggerInstance: deps.logger,
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    ...toServerOptions(limits),
    rewriteUrl: ({ url = '/' }) => normalizeUrl(url),
    clientErrorHandler: createClientErrorHandler(deps.publicUrl),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validateWithZod)
  app.setSerializerCompiler(serializerCompiler)

  const connections = limitConnections(app, limits, deps.trustedProxies)
  limitRequestTime(app, limits)
  addForwardedForNormalization(app)
  endConnectionsWhenClosing(app)
  await addSecurityHeaders(app, secure)
  await app.register(cookie)
  addLanguageAndTheme(app, deps.profile.timeZone)
  decorateRequests(app)
  app.decorateRequest('returnedForm', null)
  await addViews(app, {
    institution: deps.profile.name,
    contact: deps.profile.contact,
    isDemo: deps.isDemo,
    layoutData: ({ session, returnedForm }, path) => ({ session, returnedForm, menu: session === null ? [] : listMenuItems(session, path, deps.directory.kind === 'built-in') }),
  })
  addErrorHandler(app, deps.publicUrl)

  addHealthRoutes(app, { ...deps, connections })
  await addOpenApi(app, deps)
  // One limiter, so that a user's streams from the API and from the pages are counted together.
  const routeDeps = { streams: new StreamLimiter(), ...deps }
  await app.register(toPlugin(async api => await registerApiRoutes(api, routeDeps)), { prefix: API_PREFIX })
  await app.register(toPlugin(async pages => {
    await pages.register(formbody, { bodyLimit: FORM_BODY_LIMIT_BYTES })
    addCodeRemoval(pages)
    addPreferenceLinks(pages, secure)
    await registerPageRoutes(pages, routeDeps)
  }))
  return app
}

function toPlugin (register: (app: FastifyInstance) => Promise<void>): FastifyPluginAsync {
  return async app => await register(app)
}
