/** Requests are checked against their zod schemas; what does not fit is a Problem with the house's wording. */
import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { toFieldErrors } from './forms.js'
import { Problem } from './problems.js'

export const validateWithZod: FastifySchemaCompiler<z.ZodType> = ({ schema }) => data => {
  const parsed = schema.safeParse(data ?? undefined)
  return parsed.success
    ? { value: parsed.data }
    : { error: new Problem('validation-failed', { errors: toFieldErrors(parsed.error.issues) }) }
}
