/** All routes: the API's and the pages', each with its own authentication. */
import type { FastifyInstance } from 'fastify'
import { postcodesApi } from './addresses/api.js'
import { stepsApi } from './deliveries/api.js'
import { dispatchesPages } from './deliveries/dispatches/pages.js'
import { deliveryRecordsApi } from './deliveries/exports/api.js'
import { exportPages } from './deliveries/exports/pages.js'
import { lettersPages } from './deliveries/letters/pages.js'
import { overviewPages } from './deliveries/overview/pages.js'
import { porterPages } from './deliveries/porter/pages.js'
import { refusalsPages } from './deliveries/records/pages.js'
import type { RouteDeps } from './deps.js'
import { addNotFoundHandler } from './http/error-handler.js'
import { docsPages } from './http/openapi/pages.js'
import { containsActivationCode } from './institution/typed-symbols.js'
import { accountImportPages } from './pages/account-import/pages.js'
import { accountSearchPages } from './pages/account-search/page.js'
import { accountPages } from './pages/account/page.js'
import { attentionPages } from './pages/attention/pages.js'
import { confirmationPages } from './pages/confirmations/pages.js'
import { callerCardPages } from './pages/caller-card/pages.js'
import { deliveryRecordsPages } from './pages/delivery-records/page.js'
import { servicePointsPages } from './pages/service-points/pages.js'
import { slipsPages, slipStepPages } from './pages/slip/pages.js'
import { proofsApi } from './proofs/api.js'
import { proofsPages } from './proofs/pages.js'
import { redemptionsApi } from './redemptions/api.js'
import { activationPages, myAccountPages } from './redemptions/pages.js'
import { holdersPages } from './retention/pages.js'
import { servicePointsApi } from './service-points/api.js'
import { accountChannelsApi, accountsApi, slipsApi } from './slips/api.js'
import { memberPage } from './staff/administration/member/page.js'
import { staffPages } from './staff/administration/pages.js'
import { sessionsApi } from './staff/api.js'
import { addAuthentication } from './staff/authenticate.js'
import { addCsrfProtection } from './staff/csrf.js'
import { addGuard } from './staff/guard.js'
import { renderServicePoints, signInPages } from './staff/pages.js'
import { ownPasswordPage } from './staff/password/page.js'
import { addReturnedForms } from './staff/returned-forms.js'

/** Registers the JSON API; bearer tokens and JSON only. */
export async function registerApiRoutes (app: FastifyInstance, deps: RouteDeps): Promise<void> {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  acceptEmptyJson(app)
  addAuthentication(app, deps, 'api')
  addGuard(app, 'api')
  addNotFoundHandler(app)
  await app.register(sessionsApi, deps)
  await app.register(servicePointsApi, deps)
  await app.register(accountsApi, deps)
  await app.register(accountChannelsApi, deps)
  await app.register(postcodesApi, deps)
  await app.register(slipsApi, deps)
  await app.register(stepsApi, deps)
  await app.register(redemptionsApi, deps)
  await app.register(deliveryRecordsApi, deps)
  await app.register(proofsApi, deps)
}

/** Registers the pages; cookie sessions and CSRF-protected forms only. */
export async function registerPageRoutes (app: FastifyInstance, deps: RouteDeps): Promise<void> {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  addCsrfProtection(app, deps)
  addAuthentication(app, deps, 'page')
  const { showKeptForm } = addReturnedForms(app, {
    ...deps,
    isSecret: containsActivationCode,
    showServicePoints: async (request, reply, next) => await renderServicePoints(deps, request, reply, { values: { next } }),
  })
  addGuard(app, 'page')
  addNotFoundHandler(app)
  await app.register(signInPages, { ...deps, showKeptForm })
  await app.register(ownPasswordPage, deps)
  await app.register(staffPages, deps)
  await app.register(memberPage, deps)
  await app.register(confirmationPages, deps)
  await app.register(servicePointsPages, deps)
  await app.register(accountSearchPages, deps)
  await app.register(accountImportPages, deps)
  await app.register(attentionPages, deps)
  await app.register(accountPages, deps)
  await app.register(slipsPages, deps)
  await app.register(slipStepPages, deps)
  await app.register(porterPages, deps)
  await app.register(dispatchesPages, deps)
  await app.register(lettersPages, deps)
  await app.register(callerCardPages, deps)
  await app.register(deliveryRecordsPages, deps)
  await app.register(refusalsPages, deps)
  await app.register(overviewPages, deps)
  await app.register(exportPages, deps)
  await app.register(proofsPages, deps)
  await app.register(holdersPages, deps)
  await app.register(activationPages, deps)
  await app.register(myAccountPages, deps)
  await app.register(docsPages, deps)
}

// Bodies of the API: JSON, or an empty body from a client that sends `application/json` with every call.

/** Treats an empty body as absent; a route that needs one reports each missing field. */
function acceptEmptyJson (app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, body as string, done)
  })
}
