/** The server's log: JSON lines for machines. Fields that can hold a password or a token are censored. */
import { pino, type DestinationStream, type Logger } from 'pino'

/** Creates the logger. @param destination standard output by default; a test reads its own */
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
