/** The carrier of registered letters. Pure. */
import type { Profile } from './profile.js'

/** The carrier's page that follows one letter. */
export function formatTrackingUrl ({ trackingUrl }: Profile['carrier'], trackingNumber: string): string {
  return trackingUrl.replaceAll('{trackingNumber}', encodeURIComponent(trackingNumber))
}
