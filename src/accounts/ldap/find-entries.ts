/** Searches the directory: one person by user name, or all entries page by page. */
import { AndFilter, EqualityFilter, type Client, type Entry } from 'ldapts'
import { DirectoryError, type AccountRef } from '../directory.js'
import { listMappedAttributes } from './attribute-map.js'
import { extractUsernames } from './parse-entry.js'
import type { LdapSession } from './session.js'
import type { LdapSettings } from './settings.js'

/** The most entries to examine for one user name: a server may also find names that differ by an accent. */
const MAX_ENTRIES_PER_USERNAME = 10
/** Entries per page; Active Directory allows at most 1,000. */
const PAGE_SIZE = 500

/**
 * Finds the entry of this user name. The value is sent as a separate element, not as filter text (RFC 4511 §4.5.1.7), so
 * nothing has to be escaped.
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
  const matches = searchEntries.filter(entry => extractUsernames(entry, attributes).includes(username))
  if (matches.length > 1 || searchEntries.length >= MAX_ENTRIES_PER_USERNAME) {
    throw new DirectoryError('ambiguous', `the directory has several entries with the user name of account ${id}`)
  }
  return matches[0]
}

/** Streams all entries in pages (RFC 2696). Entries that are moved in the meantime may be missing. */
export async function * streamEntryPages (session: LdapSession, { baseDn, filter, attributes }: LdapSettings): AsyncGenerator<Entry[]> {
  const pages = session.client.searchPaginated(baseDn, { scope: 'sub', filter, attributes: listMappedAttributes(attributes), paged: { pageSize: PAGE_SIZE } })
  for await (const { searchEntries } of pages) {
    yield searchEntries
    session.resetResponseSize()
  }
}
