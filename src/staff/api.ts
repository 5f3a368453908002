/** Signing in and out over the API: the token goes into `Authorization: Bearer …`. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { formatRfc3339 } from '../i18n/formatters.js'
import { roles, servicePointKinds } from '../institution/vocabulary.js'
import { requireSession } from './authenticate.js'
import { signInSchema } from './schemas.js'
import { signIn, type SignInDeps, signOut } from './sign-in/sign-in.js'

const openedSessionSchema = z.object({
  token: z.string().describe('Send it as `Authorization: Bearer …`; it is not shown again.'),
  expiresAt: z.iso.datetime({ offset: true }).describe('Ten hours after signing in; thirty idle minutes end it earlier.'),
  staff: z.object({ login: z.string(), name: z.string(), roles: z.array(z.enum(roles)) }),
  servicePoint: z.object({ id: z.string(), kind: z.enum(servicePointKinds), name: z.string() }).nullable(),
})

export interface SessionsApiDeps extends SignInDeps {
  readonly profile: { readonly timeZone: string }
}

export const sessionsApi: FastifyPluginAsyncZod<SessionsApiDeps> = async (app, deps) => {
  app.post('/sessions', {
    config: { public: true },
    schema: {
      tags: ['Sessions'],
      summary: 'Sign in',
      description: 'A user with several service points names one of them. A user whose password was set by someone else changes it on the pages first: 401 `password-change-required`.',
      security: [],
      body: signInSchema,
      response: { 201: openedSessionSchema },
    },
  }, async (request, reply) => {
    const { token, session } = await signIn({ ...deps, logger: request.log }, { ...request.body, clientType: 'api', address: request.ip })
    const { staff, servicePoint, endsAt } = session
    return await reply.status(201).header('cache-control', 'no-store').send({
      token,
      expiresAt: formatRfc3339(endsAt, deps.profile.timeZone),
      staff: { login: staff.login, name: staff.name, roles: [...staff.roles] },
      servicePoint: servicePoint === null ? null : { id: servicePoint.id, kind: servicePoint.kind, name: servicePoint.name[request.language] },
    })
  })

  app.delete('/sessions/current', {
    config: { permission: 'own-session:end', withoutOwnPassword: true },
    schema: { tags: ['Sessions'], summary: 'Sign out', response: { 204: z.void() } },
  }, async (request, reply) => {
    await signOut(deps, requireSession(request))
    return await reply.status(204).send()
  })
}
