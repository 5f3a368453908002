/** Security headers: pages use no script, frame or form target of other sites, and are not cached. */
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** Adds the headers to every answer. @param secure true when the public address is https */
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
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  })
  app.addHook('onSend', async (request, reply) => {
    // Only the porters' pages use the camera, to read barcodes.
    reply.header('permissions-policy', `camera=(${request.url.startsWith('/porter') ? 'self' : ''}), microphone=(), geolocation=()`)
    // What a mangled address contains does not go on to the style sheet's request and into the logs of proxies.
    if (request.is404) reply.header('referrer-policy', 'no-referrer')
    if (!request.url.startsWith('/assets/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
}
