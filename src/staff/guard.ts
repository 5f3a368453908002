/** Checks the permission that a route names. A route that names none cannot be registered, nor a form that cannot come back. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { NotPermitted, NotSignedIn, PasswordChangeRequired } from '../institution/errors.js'
import type { TokenScope } from './api-tokens.js'
import { boundFormOf } from './bound-form.js'
import { hasPermission, needsServicePoint, type Permission } from './permissions.js'
import { toPath, toReturnPath, toSignInPath } from './return-path.js'
import type { Session } from './session.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The permission that the staff member must have. */
    permission?: Permission
    /** For identity systems: the scope that their token must have. */
    scope?: TokenScope
    /** True for a page that can be opened before a service point has been chosen. */
    withoutServicePoint?: true
    /** True for what is possible while the person still has to change a password that someone else has set. */
    withoutOwnPassword?: true
  }
}

/** Guards every route that is registered in this scope after this call. */
export function addGuard (app: FastifyInstance, clientType: Session['clientType']): void {
  app.addHook('onRoute', route => {
    const { permission, scope, public: open } = route.config ?? {}
    if ([permission !== undefined, scope !== undefined, open === true].filter(Boolean).length !== 1) {
      throw new TypeError(`${String(route.method)} ${route.url} must name one of config.permission, config.scope and config.public`)
    }
    if (clientType === 'page' && route.method === 'POST' && route.config?.form === undefined) {
      throw new TypeError(`POST ${route.url} must say in config.form how its form comes back`)
    }
  })
  app.addHook('onRequest', clientType === 'api' ? guardApi : guardPage)
}

async function guardApi (request: FastifyRequest): Promise<void> {
  if (isPublicRoute(request)) return
  if (request.session === null && request.identitySystem === null) throw new NotSignedIn()
  // There is one scope and every token has it. Staff cannot use the routes of identity systems, nor the other way round.
  if ((request.routeOptions.config.scope === undefined) === (request.session === null)) throw new NotPermitted()
  if (request.session === null) return
  if (mustChangePasswordFirst(request, request.session)) throw new PasswordChangeRequired()
  requirePermission(request, request.session)
}

/** Lets a form through that `addReturnedForms` answers: one of an ended session, or sent before a service point was chosen. */
async function guardPage (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (isPublicRoute(request) || request.pastSession !== null) return
  if (request.session === null) return await reply.redirect(toSignInPath(request, toReturnPath(request)), 303)
  if (mustChangePasswordFirst(request, request.session)) return await reply.redirect('/change-password', 303)
  requirePermission(request, request.session)
  if (!shouldChooseServicePoint(request, request.session) || boundFormOf(request) !== undefined) return
  return await reply.redirect(toPath('/service-point', { next: toReturnPath(request) }), 303)
}

function isPublicRoute (request: FastifyRequest): boolean {
  return request.is404 || request.routeOptions.config.public === true
}

function requirePermission (request: FastifyRequest, session: Session): void {
  const permission = request.routeOptions.config.permission
  if (permission === undefined) throw new NotSignedIn()
  if (!hasPermission(session.staff.roles, permission)) throw new NotPermitted(boundFormOf(request) !== undefined ? 'other-role' : undefined)
}

function mustChangePasswordFirst (request: FastifyRequest, session: Session): boolean {
  return session.mustChangePassword && request.routeOptions.config.withoutOwnPassword !== true
}

/** True where the person must choose a service point before this page. */
export function shouldChooseServicePoint (request: FastifyRequest, session: Session): boolean {
  return session.servicePoint === null && needsServicePoint(session.staff.roles) && request.routeOptions.config.withoutServicePoint !== true
}
