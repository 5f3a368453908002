/** Reads user names as people type them. Stored user names are in lower case, from a–z, digits and a few signs. Pure. */
import { foldSymbols } from './typed-symbols.js'

/** A typed user name, as user names are stored. */
export interface TypedUsername {
  readonly username: string
  /** True if it has a domain that is none of the institution's own. What the form says about it must not depend on an account. */
  readonly hasOtherDomain: boolean
}

/**
 * Folds a user name: full width, look-alike letters, the Turkish İ and ı, invisible and control characters. Stored user
 * names have none of these, so two of them never become the same.
 */
export function foldUsername (typed: string): string {
  const visible = typed.normalize('NFKC').replace(/\p{C}/gu, '').replace(/[İı]/g, 'i')
  return foldSymbols(visible).trim().toLowerCase()
}

/** `DOMAIN\user`. Japanese and Korean keyboards type ¥ and ₩ for the backslash. */
const domainFirst = /^([^\\/¥₩]+)[\\/¥₩]([^\\/¥₩]+)$/
const domainLast = /^(.+)@([^@]+)$/

/**
 * Reads a user name and removes a domain of the institution: `user@domain`, `DOMAIN\user`.
 * @param domains the profile's `userNameDomains`; if it is empty, an `@` belongs to the user name
 */
export function readUsername (typed: string, domains: readonly string[]): TypedUsername {
  const folded = foldUsername(typed)
  if (domains.length === 0) return { username: folded, hasOtherDomain: false }
  const [, before, after = folded] = domainFirst.exec(folded) ?? []
  const name = before === undefined || isOwnDomain(before, domains) ? after : folded
  const [, user = name, last] = domainLast.exec(name) ?? []
  if (last === undefined || !isOwnDomain(last, domains)) return { username: name, hasOtherDomain: last !== undefined || name !== after }
  return { username: user.trim(), hasOtherDomain: false }
}

/** Removes the institution's own domain from a search, where it is nothing but a user name; any other search stays as it is. */
export function removeOwnDomain (q: string, domains: readonly string[]): string {
  const typed = q.trim()
  if (/\s/u.test(typed)) return q
  const { username } = readUsername(typed, domains)
  return username === foldUsername(typed) ? q : username
}

/** Returns true for one of the domains, and for the first label of one, which Windows puts before the backslash. */
function isOwnDomain (typed: string, domains: readonly string[]): boolean {
  const domain = typed.trim().replace(/\.$/, '')
  return domains.some(own => domain === own || domain === own.split('.')[0])
}
