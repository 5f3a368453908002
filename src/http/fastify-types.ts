/** What every request, reply and route carries; `staff` adds the session and the permissions. Types only. */
import type { Language } from '../institution/vocabulary.js'
import type { ZonedTranslate } from '../i18n/translate.js'

export type Theme = 'auto' | 'light' | 'dark'

/**
 * Why a form comes back although its fields were not examined: it belongs to another session or service point (`stale`),
 * to another visitor of a public page, or its session had ended and the person has signed in again (`restored`).
 */
export type ReturnReason = 'stale' | 'visitor' | 'restored'

export interface ReturnedForm {
  readonly reason: ReturnReason
  /** What was not recorded, a key under `returnedForms.actions`. */
  readonly action: string
  /** True where an identity check has to be confirmed again. */
  readonly needsConfirmation: boolean
  readonly status: number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The reader's language: chosen by cookie or the browser's. */
    language: Language
    theme: Theme
    t: ZonedTranslate
    /** For a form that comes back. The layout says why, and the page has its status. */
    returnedForm: ReturnedForm | null
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
    /** True for a route that takes large files: receiving its request may take longer. */
    hasLongUpload?: boolean
  }
}
