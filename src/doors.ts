/** Every door of the house: the API's and the pages', each behind its own way of signing in. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { accountsApi } from './accounts/api.js'
import { accountsPages } from './accounts/pages.js'
import { postcodesApi } from './addresses/api.js'
import type { Deps } from './app.js'
import { attentionPages } from './deliveries/attention-pages.js'
import { attentionPanel } from './deliveries/attention-panel.js'
import { dispatchesPages } from './deliveries/dispatches/pages.js'
import { lettersPages } from './deliveries/letters/pages.js'
import { deliveryRecordsApi } from './deliveries/exports/api.js'
import { exportPages } from './deliveries/exports/pages.js'
import type { RunningExports } from './deliveries/exports/running-exports.js'
import { overviewPages } from './deliveries/overview/pages.js'
import { porterPages } from './deliveries/porter/pages.js'
import { deliveryRecordsPages } from './deliveries/records/pages.js'
import { refusalsPages } from './deliveries/records/refusals-pages.js'
import { slipStory } from './deliveries/records/story.js'
import { returnReasonsNow } from './deliveries/return-reasons.js'
import { slipStepsPages } from './deliveries/slip-steps-pages.js'
import { stepsApi } from './deliveries/steps-api.js'
import { tellPages } from './deliveries/tell-pages.js'
import { waitingAtDesk } from './deliveries/waiting-at-desk.js'
import { docsPages } from './http/docs-pages.js'
import { addNotFound } from './http/error-handler.js'
import { acceptEmptyJson } from './http/json-body.js'
import { proofsApi } from './proofs/api.js'
import { proofsPages } from './proofs/pages.js'
import { activationPages } from './redemptions/activation-pages.js'
import { redemptionsApi } from './redemptions/api.js'
import { myAccountPages } from './redemptions/my-account-pages.js'
import { holdersPages } from './retention/pages.js'
import { servicePointsApi } from './service-points/api.js'
import { servicePointsPages } from './service-points/pages.js'
import { accountApi } from './slips/account-api.js'
import { accountPages } from './slips/account-pages.js'
import { slipsApi } from './slips/api.js'
import { slipsPages } from './slips/pages.js'
import type { SlipRow } from './slips/queries.js'
import { sessionsApi } from './staff/api.js'
import { addSessions } from './staff/authenticate.js'
import { addFormProtection } from './staff/form-protection.js'
import { addGuard } from './staff/guard.js'
import { signInPages } from './staff/pages.js'
import { staffPages } from './staff/staff-pages.js'

/** Registers the JSON API; bearer tokens and JSON only. */
export async function apiDoors (app: FastifyInstance, deps: Deps, runningExports: RunningExports): Promise<void> {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  acceptEmptyJson(app)
  addSessions(app, deps, 'api')
  addGuard(app, 'api')
  addNotFound(app)
  await app.register(sessionsApi, deps)
  await app.register(servicePointsApi, deps)
  await app.register(accountsApi, deps)
  await app.register(accountApi, deps)
  await app.register(postcodesApi, deps)
  await app.register(slipsApi, deps)
  await app.register(stepsApi, deps)
  await app.register(redemptionsApi, deps)
  await app.register(deliveryRecordsApi, { ...deps, runningExports })
  await app.register(proofsApi, deps)
}

/** Registers the pages; cookie sessions, protected forms and nothing but forms. */
export async function pageDoors (app: FastifyInstance, deps: Deps, runningExports: RunningExports): Promise<void> {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  addFormProtection(app, deps)
  addSessions(app, deps, 'page')
  addGuard(app, 'page')
  addNotFound(app)
  await app.register(signInPages, deps)
  await app.register(staffPages, deps)
  await app.register(servicePointsPages, { ...deps, waitingAtDesk: async desk => await waitingAtDesk(deps.db, deps.profile, desk, deps.now()) })
  await app.register(accountsPages, { ...deps, attentionPanel: async request => await attentionPanel(deps, request) })
  await app.register(attentionPages, deps)
  await app.register(accountPages, deps)
  const slipPageDeps = { ...deps, returnReasons: returnReasonsNow, story: async (request: FastifyRequest, slip: SlipRow) => await slipStory(deps, request, slip) }
  await app.register(slipsPages, slipPageDeps)
  await app.register(slipStepsPages, slipPageDeps)
  await app.register(porterPages, deps)
  await app.register(dispatchesPages, deps)
  await app.register(lettersPages, deps)
  await app.register(tellPages, deps)
  await app.register(deliveryRecordsPages, deps)
  await app.register(refusalsPages, deps)
  await app.register(overviewPages, deps)
  await app.register(exportPages, { ...deps, runningExports })
  await app.register(proofsPages, deps)
  await app.register(holdersPages, deps)
  await app.register(activationPages, deps)
  await app.register(myAccountPages, deps)
  await app.register(docsPages, deps)
}
