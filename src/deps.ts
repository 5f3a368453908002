/** The dependencies of the application and its routes. Types only. */
import type { FastifyBaseLogger } from 'fastify'
import type { PostcodesApiDeps } from './addresses/api.js'
import type { ExportDeps } from './deliveries/exports/send-export.js'
import type { EnvelopePagesDeps } from './deliveries/porter/envelopes/pages.js'
import type { RecordPagesDeps } from './deliveries/records/filter-form.js'
import type { StepDeps } from './deliveries/take-step.js'
import type { ConnectionLimits } from './http/connections.js'
import type { HealthDeps } from './http/health/api.js'
import type { OpenApiDeps } from './http/openapi/api.js'
import type { Profile } from './institution/profile.js'
import type { AccountImportPagesDeps } from './pages/account-import/pages.js'
import type { AttentionPanelDeps } from './pages/attention/panel.js'
import type { CallerCardDeps } from './pages/caller-card/pages.js'
import type { ServicePointsPagesDeps } from './pages/service-points/pages.js'
import type { SlipTimelineDeps } from './pages/slip/timeline.js'
import type { ProofRouteDeps } from './proofs/api.js'
import type { ActivationDeps } from './redemptions/activate.js'
import type { HolderPagesDeps } from './retention/pages.js'
import type { ServicePointsApiDeps } from './service-points/api.js'
import type { IssuingDeps } from './slips/commands/issue-slip.js'
import type { StaffPagesDeps } from './staff/administration/view.js'
import type { SessionsApiDeps } from './staff/api.js'
import type { AuthenticationDeps } from './staff/authenticate.js'
import type { CsrfDeps } from './staff/csrf.js'
import type { SignInPagesDeps } from './staff/pages.js'

/** What the routes need. */
export type RouteDeps =
  & AuthenticationDeps & CsrfDeps & SessionsApiDeps & SignInPagesDeps & StaffPagesDeps
  & ServicePointsApiDeps & PostcodesApiDeps & ServicePointsPagesDeps & AttentionPanelDeps
  & IssuingDeps & StepDeps & EnvelopePagesDeps & RecordPagesDeps & ExportDeps
  & ActivationDeps & ProofRouteDeps & HolderPagesDeps
  & AccountImportPagesDeps & CallerCardDeps & SlipTimelineDeps & OpenApiDeps

/** What the process or a test passes to the application. */
export type AppDeps = Omit<RouteDeps, 'streams'> & Partial<Pick<RouteDeps, 'streams'>> & HealthDeps & {
  readonly profile: Profile
  readonly isDemo: boolean
  readonly logger: FastifyBaseLogger
  readonly connectionLimits?: Partial<ConnectionLimits>
}
