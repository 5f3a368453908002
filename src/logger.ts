/** The log: JSON lines for machines. Nothing that could hold a code, a password or a token is ever given to it. */
import { pino, type DestinationStream, type Logger } from 'pino'

/** @param destination standard output unless a test reads it */
export function createLogger (level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]', '*.password', '*.token'], censor: '[not logged]' },
    serializers: {
      req: (request: { method: string, url: string, id?: string }) => ({ method: request.method, path: request.url.split('?')[0], id: request.id }),
      err: pino.stdSerializers.err,
    },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
