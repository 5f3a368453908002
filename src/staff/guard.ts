/** Checks the permission that a route names. A route that names none cannot be registered. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotPermitted, NotSignedIn } from '../institution/errors.js'
import type { TokenScope } from './api-tokens.js'
import { hasPermission, needsServicePoint, type Permission } from './permissions.js'
import type { Session } from './session.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The permission that the staff member must have. */
    permission?: Permission
    /** For identity systems: the scope that their token must have. */
    scope?: TokenScope
    /** True for a page that can be opened before a service point has been chosen. */
    withoutServicePoint?: true
  }
}

/** Guards every route that is registered in this scope after this call. */
export function addGuard (app: FastifyInstance, clientType: Session['clientType']): void {
  app.addHook('onRoute', route => {
    const { permission, scope, public: open } = route.config ?? {}
    if ([permission !== undefined, scope !== undefined, open === true].filter(Boolean).length !== 1) {
      throw new TypeError(`${String(route.method)} ${route.url} must name one of config.permission, config.scope and config.public`)
    }
  })
  app.addHook('onRequest', clientType === 'api' ? guardApi : guardPage)
}

async function guardApi (request: FastifyRequest): Promise<void> {
  if (isPublicRoute(request)) return
  if (request.session === null && request.identitySystem === null) throw new NotSignedIn()
  // There is one scope and every token has it. Staff cannot use the routes of identity systems, nor the other way round.
  if ((request.routeOptions.config.scope === undefined) === (request.session === null)) throw new NotPermitted()
  if (request.session !== null) requirePermission(request, request.session)
}

async function guardPage (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (isPublicRoute(request)) return
  if (request.session === null) return await reply.redirect(`/sign-in${returnQuery(request)}`, 303)
  requirePermission(request, request.session)
  if (shouldChooseServicePoint(request, request.session)) return await reply.redirect(`/service-point${returnQuery(request)}`, 303)
}

function isPublicRoute (request: FastifyRequest): boolean {
  return request.is404 || request.routeOptions.config.public === true
}

function requirePermission (request: FastifyRequest, session: Session): void {
  const permission = request.routeOptions.config.permission
  if (permission === undefined) throw new NotSignedIn()
  if (!hasPermission(session.staff.roles, permission)) throw new NotPermitted()
}

function shouldChooseServicePoint (request: FastifyRequest, session: Session): boolean {
  return session.servicePoint === null && needsServicePoint(session.staff.roles) && request.routeOptions.config.withoutServicePoint !== true
}

/** The query that brings the user back to this page afterwards, if it can be requested with GET. */
function returnQuery (request: FastifyRequest): string {
  const path = request.url.split('?')[0]!
  const fetched = request.method === 'GET' ? request.url : request.server.hasRoute({ method: 'GET', url: request.routeOptions.url ?? '' }) ? path : undefined
  return fetched === undefined || fetched === '/' ? '' : `?next=${encodeURIComponent(fetched)}`
}
