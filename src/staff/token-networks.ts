/** Notices that an API token is used from another network than at its last use. The network is stored only as a keyed hash. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { networkOf } from '../institution/network-address.js'
import { hashTokenNetwork } from './tokens.js'

/** A token whose networks alternate is reported at most this often (ms). */
const REPORT_INTERVAL_MS = 60 * 60_000
/** The database is asked at most this often for a token that stays in its network (ms). */
const RECHECK_INTERVAL_MS = 60_000

export interface TokenNetworkDeps {
  readonly db: Kysely<Database>
  readonly sessionKey: Buffer
  readonly now: () => Date
}

export interface TokenUse {
  readonly tokenId: string
  /** The client's address, as far as it can be trusted. */
  readonly address: string
}

/**
 * Creates the check. It returns the new network when a token's network has changed and no change was reported within the
 * last hour; undefined otherwise, and at the first use of a token.
 */
export function createTokenNetworkCheck ({ db, sessionKey, now }: TokenNetworkDeps): (use: TokenUse) => Promise<string | undefined> {
  const checked = new Map<string, { readonly hash: string, readonly at: number }>()
  return async ({ tokenId, address }) => {
    const network = networkOf(address)
    if (network === undefined) return undefined
    const hash = hashTokenNetwork(sessionKey, tokenId, network)
    const at = now()
    const last = checked.get(tokenId)
    if (last?.hash === hash && at.getTime() - last.at < RECHECK_INTERVAL_MS) return undefined
    const isReported = await storeNetwork(db, { tokenId, hash }, at)
    checked.set(tokenId, { hash, at: at.getTime() })
    return isReported ? network : undefined
  }
}

/** Stores the network of a use. @returns true when it differs from the last one and is to be reported: to one caller only */
async function storeNetwork (db: Kysely<Database>, { tokenId, hash }: { readonly tokenId: string, readonly hash: string }, at: Date): Promise<boolean> {
  const stored = await db.selectFrom('token_networks').select(['network_hash', 'reported_at']).where('token_id', '=', tokenId).executeTakeFirst()
  if (stored === undefined) {
    await db.insertInto('token_networks').values({ token_id: tokenId, network_hash: hash, seen_at: at, reported_at: null }).onConflict(conflict => conflict.doNothing()).execute()
    return false
  }
  if (stored.network_hash === hash) return false
  const isDue = stored.reported_at === null || at.getTime() - stored.reported_at.getTime() >= REPORT_INTERVAL_MS
  const { numUpdatedRows } = await db.updateTable('token_networks')
    .set({ network_hash: hash, seen_at: at, reported_at: isDue ? at : stored.reported_at })
    .where('token_id', '=', tokenId).where('network_hash', '=', stored.network_hash).executeTakeFirst()
  return isDue && numUpdatedRows > 0n
}
