/** What every request, reply and route of the application carries. Types only. */
import type { Language } from '../institution/vocabulary.js'
import type { Translate } from '../i18n/translate.js'
import type { IdentitySystem, TokenScope } from '../staff/api-tokens.js'
import type { Permission } from '../staff/permissions.js'
import type { Session } from '../staff/session.js'

export type Theme = 'auto' | 'light' | 'dark'

declare module 'fastify' {
  interface FastifyRequest {
    /** The reader's language: chosen by cookie or the browser's. */
    language: Language
    theme: Theme
    t: Translate
    session: Session | null
    /** At the API, where an identity system's token was brought. */
    identitySystem: IdentitySystem | null
  }
  interface FastifyReply {
    /** Renders `templates/<name>.eta` inside the layout. */
    page (name: string, data: Record<string, unknown>, options?: { status?: number }): Promise<FastifyReply>
    /** Renders `templates/<name>.eta` alone, for a piece of a page. */
    fragment (name: string, data: Record<string, unknown>): Promise<FastifyReply>
  }
  interface FastifyContextConfig {
    /** The permission that the staff member must have. */
    permission?: Permission
    /** For identity systems: the scope that their token must have. */
    scope?: TokenScope
    /** True for a route that anyone may use, signed in or not. */
    public?: boolean
    /** True for a page that can be opened before a service point has been chosen. */
    withoutServicePoint?: true
  }
}
