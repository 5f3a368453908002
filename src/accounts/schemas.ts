/** The input of the account search, and accounts in API responses. */
import { z } from 'zod'
import { accountStatuses, affiliations, languages } from '../institution/vocabulary.js'
import type { Account } from './queries.js'

/** An empty `q` finds every account, sorted by name. */
export const accountSearchSchema = z.object({
  q: z.string().max(200).default('').describe('Words that the name, user name or student number begin with; all have to match. Empty: all accounts, by name.'),
  cursor: z.string().max(8000).optional().describe('`next` of the previous page'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const accountSchema = z.object({
  id: z.uuid(),
  username: z.string(),
  displayName: z.string(),
  latinName: z.string().optional().describe('The name in Latin letters, where the source of the accounts has it'),
  affiliation: z.enum(affiliations),
  status: z.enum(accountStatuses),
  preferredLanguage: z.enum(languages),
})

export type AccountItem = z.infer<typeof accountSchema>

export const accountListSchema = z.object({
  items: z.array(accountSchema),
  next: z.string().optional().describe('The cursor of the next page; absent on the last. A page may be short and still have a next.'),
})

/** Converts an account to its API representation. */
export function toAccountItem (account: Account): AccountItem {
  return {
    id: account.id,
    username: account.username,
    displayName: account.display_name,
    ...(account.latin_name === null ? {} : { latinName: account.latin_name }),
    affiliation: account.affiliation,
    status: account.status,
    preferredLanguage: account.preferred_language,
  }
}
