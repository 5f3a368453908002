/** API route for the steps of custody. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requireSlip, visibleSlips } from '../slips/queries.js'
import { slipSchema, toSlipItem } from '../slips/schemas.js'
import { requireSession } from '../staff/authenticate.js'
import { stepRequestSchema } from './schemas.js'
import { type StepDeps, takeStep } from './take-step.js'

export const stepsApi: FastifyPluginAsyncZod<StepDeps> = async (app, deps) => {
  const { db, profile, now } = deps

  app.post('/slips/:number/steps', {
    config: { permission: 'slips:step' },
    schema: {
      tags: ['Slips'],
      summary: 'Take a step of custody: dispatch, receive, hand over, post, deliver, return',
      description: 'The state machine of a slip defines which step is allowed in which state, and for whom. A step that is not allowed now is a `conflict` with the slip’s `state` and the allowed `steps`.',
      params: z.object({ number: z.string() }),
      body: stepRequestSchema,
      response: { 200: slipSchema },
    },
  }, async request => {
    const session = requireSession(request)
    const slip = await requireSlip(db, request.params.number, visibleSlips(session), now())
    await takeStep(deps, session, slip, request.body)
    return toSlipItem(await requireSlip(db, slip.number, visibleSlips(session), now()), profile.timeZone)
  })
}
