/** Headers that keep a page what it is: no foreign script, frame, form target or cache. */
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** @param secure true when the public address is https */
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
        // The freshly made slip is shown to the print dialog from memory, as a blob.
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
    // A porter's camera reads barcodes; no other page has a use for what a computer sees and hears.
    reply.header('permissions-policy', `camera=(${request.url.startsWith('/porter') ? 'self' : ''}), microphone=(), geolocation=()`)
    if (!request.url.startsWith('/assets/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
}
