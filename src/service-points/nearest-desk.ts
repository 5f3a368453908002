/** Of several porters' desks the one to choose instead. Pure. */
import { kilometresBetween, type Coordinates } from './distance.js'
import type { ServicePoint } from './service-point.js'

/** A desk at which a slip could be collected, on so many days. */
export interface DeskCandidate {
  readonly desk: ServicePoint
  readonly openingDays: number
}

export interface NearestDesk {
  readonly desk: ServicePoint
  /** False when nobody knows how far it is: then it is the one that opens most often. */
  readonly isNearest: boolean
}

/** The desk nearest to a place; where a place is not known, the one with the most opening days; then the first by id. */
export function findNearestDesk (from: Coordinates | null | undefined, desks: readonly DeskCandidate[]): NearestDesk | undefined {
  const ranked = desks
    .map(({ desk, openingDays }) => ({ desk, openingDays, distance: distanceBetween(from, desk.location) }))
    .toSorted((a, b) => compareDistances(a.distance, b.distance) || b.openingDays - a.openingDays || (a.desk.id < b.desk.id ? -1 : 1))
  return ranked[0] && { desk: ranked[0].desk, isNearest: ranked[0].distance < Infinity }
}

function distanceBetween (from: Coordinates | null | undefined, to: Coordinates | null | undefined): number {
  return from == null || to == null ? Infinity : kilometresBetween(from, to)
}

/** Of two unknown distances neither is shorter: Infinity − Infinity is no number. */
function compareDistances (a: number, b: number): number {
  return a === b ? 0 : a - b
}
