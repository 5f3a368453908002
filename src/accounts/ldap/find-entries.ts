/** Searches in the directory: one person by user name, and everybody page by page. */
import { AndFilter, EqualityFilter, type Client, type Entry } from 'ldapts'
import { DirectoryError, type AccountRef } from '../directory.js'
import { listMappedAttributes } from './attribute-map.js'
import { extractUsernames } from './parse-entry.js'
import type { LdapSession } from './session.js'
import type { LdapSettings } from './settings.js'

/** Entries of one user name that are looked at: a server may find some that differ by an accent. */
const MAX_ENTRIES_PER_USERNAME = 10
/** Entries of a page; Active Directory gives 1,000 at most. */
const PAGE_SIZE = 500

/**
 * The entry of this user name. The value goes to the server beside the filter, not in its text (RFC 4511 §4.5.1.7),
 * so there is nothing in it to escape.
 * @throws {DirectoryError} `ambiguous` when there are several
 */
export async function findEntry (client: Client, settings: LdapSettings, { id, username }: AccountRef): Promise<Entry | undefined> {
  const { baseDn, filter, attributes, timeout } = settings
  const { searchEntries } = await client.search(baseDn, {
    scope: 'sub',
    filter: new AndFilter({ filters: [filter, new EqualityFilter({ attribute: attributes.username, value: username })] }),
    attributes: listMappedAttributes(attributes),
    sizeLimit: MAX_ENTRIES_PER_USERNAME,
    timeLimit: Math.ceil(timeout / 1000),
  })
  const bearers = searchEntries.filter(entry => extractUsernames(entry, attributes).includes(username))
  if (bearers.length > 1 || searchEntries.length >= MAX_ENTRIES_PER_USERNAME) {
    throw new DirectoryError('ambiguous', `the directory has several people of the user name of account ${id}`)
  }
  return bearers[0]
}

/** Everybody, a page at a time (RFC 2696). A page may lack somebody who is moved meanwhile. */
export async function * streamEntryPages (session: LdapSession, { baseDn, filter, attributes }: LdapSettings): AsyncGenerator<Entry[]> {
  const pages = session.client.searchPaginated(baseDn, { scope: 'sub', filter, attributes: listMappedAttributes(attributes), paged: { pageSize: PAGE_SIZE } })
  for await (const { searchEntries } of pages) {
    yield searchEntries
    session.resetResponseSize()
  }
}
