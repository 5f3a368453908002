/** Security headers: pages use no script, frame or form target of other sites, and are not cached. */
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** Features of browsers that no page uses, as the OWASP Secure Headers Project lists them; without those that browsers no longer know. */
const unusedFeatures = [
  'accelerometer', 'autoplay', 'browsing-topics', 'clipboard-read', 'clipboard-write', 'cross-origin-isolated', 'display-capture', 'encrypted-media', 'fullscreen', 'gamepad', 'geolocation',
  'gyroscope', 'hid', 'idle-detection', 'keyboard-map', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture', 'publickey-credentials-create', 'publickey-credentials-get',
  'screen-wake-lock', 'serial', 'storage-access', 'sync-xhr', 'unload', 'usb', 'window-management', 'xr-spatial-tracking',
]
const unusedFeaturesPolicy = unusedFeatures.map(feature => `${feature}=()`).join(', ')

/** Removes what the browser stored of the pages when someone signs out. Never `"cookies"`: that would erase the language and the device cookie. */
export const CLEAR_AT_SIGN_OUT = '"cache", "storage"'

/** Adds the headers to every answer. The reasons for each: docs/decisions/0024-network-limits.md. @param secure true when the public address is https */
export async function addSecurityHeaders (app: FastifyInstance, secure: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        // A new slip is printed from memory, as a blob.
        'frame-src': ["'self'", 'blob:'],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        'object-src': ["'none'"],
      },
    },
    // Without `preload`, which is the institution's decision about its whole domain.
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  })
  app.addHook('onSend', async (request, reply) => {
    // Only the porters' pages use the camera, to read barcodes.
    reply.header('permissions-policy', `camera=(${request.url.startsWith('/porter') ? 'self' : ''}), ${unusedFeaturesPolicy}`)
    // What a mangled address contains does not go on to the style sheet's request and into the logs of proxies.
    if (request.is404) reply.header('referrer-policy', 'no-referrer')
    if (!request.url.startsWith('/assets/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
}
