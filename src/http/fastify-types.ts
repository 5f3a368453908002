/** What every request, reply and route carries; `staff` adds the session and the permissions. Types only. */
import type { Language } from '../institution/vocabulary.js'
import type { ZonedTranslate } from '../i18n/translate.js'

export type Theme = 'auto' | 'light' | 'dark'

declare module 'fastify' {
  interface FastifyRequest {
    /** The reader's language: chosen by cookie or the browser's. */
    language: Language
    theme: Theme
    t: ZonedTranslate
  }
  interface FastifyReply {
    /** Renders `templates/<name>.eta` inside the layout. */
    page (name: string, data: Record<string, unknown>, options?: { status?: number }): Promise<FastifyReply>
    /** Renders `templates/<name>.eta` alone, for a piece of a page. */
    fragment (name: string, data: Record<string, unknown>): Promise<FastifyReply>
  }
  interface FastifyContextConfig {
    /** True for a route that anyone may use, signed in or not. */
    public?: boolean
  }
}
