/** How far two places are from each other: enough to tell which campus is nearer. Pure. */

/** A place on the globe, in degrees north and east. */
export interface Place {
  readonly latitude: number
  readonly longitude: number
}

const earthRadius = 6371

/** The great circle between two places in kilometres, by the haversine formula. */
export function kilometresBetween (a: Place, b: Place): number {
  const [latitudeA, latitudeB] = [radians(a.latitude), radians(b.latitude)]
  const chord = Math.sin((latitudeB - latitudeA) / 2) ** 2 +
    Math.cos(latitudeA) * Math.cos(latitudeB) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)))
}

function radians (degrees: number): number {
  return degrees * Math.PI / 180
}
