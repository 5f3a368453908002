/** What a refused step says of its slip. Pure. */
import { Problem } from '../http/problems.js'
import type { SlipState } from '../slips/life.js'

/** The state that a refused step names; anything else than a conflict is thrown on. */
export function requireConflictState (error: unknown): SlipState {
  if (error instanceof Problem && error.code === 'conflict' && error.members['state'] !== undefined) return error.members['state'] as SlipState
  throw error
}
