/** Nobody passes a door without the permission that it names; a door that names none is not built. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../http/problems.js'
import { notSignedInProblem } from './authenticate.js'
import { hasPermission, needsServicePoint } from './permissions.js'
import type { Session } from './session.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For pages that are reached before a service point has been chosen. */
    anywhere?: true
  }
}

/** Guards every route that is registered in this scope from now on. */
export function addGuard (app: FastifyInstance, door: Session['clientType']): void {
  app.addHook('onRoute', route => {
    const { may: permission, scope, public: open } = route.config ?? {}
    if ([permission !== undefined, scope !== undefined, open === true].filter(Boolean).length !== 1) {
      throw new TypeError(`${String(route.method)} ${route.url} must name one of config.may, config.scope and config.public`)
    }
  })
  app.addHook('onRequest', door === 'api' ? guardApi : guardPage)
}

async function guardApi (request: FastifyRequest): Promise<void> {
  if (isPublicRoute(request)) return
  if (request.session === null && request.identitySystem === null) throw notSignedInProblem()
  // The one scope is every token's: staff may not do what identity systems do, nor the other way round.
  if ((request.routeOptions.config.scope === undefined) === (request.session === null)) throw new Problem('not-permitted')
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
  const permission = request.routeOptions.config.may
  if (permission === undefined) throw notSignedInProblem()
  if (!hasPermission(session.staff.roles, permission)) throw new Problem('not-permitted')
}

function shouldChooseServicePoint (request: FastifyRequest, session: Session): boolean {
  return session.servicePoint === null && needsServicePoint(session.staff.roles) && request.routeOptions.config.anywhere !== true
}

/** Where to go on afterwards: the present page, if it can be fetched. */
function returnQuery (request: FastifyRequest): string {
  const path = request.url.split('?')[0]!
  const fetched = request.method === 'GET' ? request.url : request.server.hasRoute({ method: 'GET', url: request.routeOptions.url ?? '' }) ? path : undefined
  return fetched === undefined || fetched === '/' ? '' : `?next=${encodeURIComponent(fetched)}`
}
