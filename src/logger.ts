/** The server's log: JSON lines for machines. Fields that can hold a password or a token are censored, addresses are left out. */
import { pino, type DestinationStream, type Logger } from 'pino'
import { redactActivationCodes } from './institution/typed-symbols.js'

/** The path of a request that no route answers. */
const UNKNOWN_PATH = '(unknown)'

/** An id of ours or a slip number. Any other text in an address may be what someone typed. */
const loggedParameter = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[2-9A-HJKMNP-Z]{3}(?:-[2-9A-HJKMNP-Z]{3}){2})$/

/** What the log reads of a request. */
interface LoggedRequest {
  readonly method: string
  readonly id?: string
  readonly params?: unknown
  readonly routeOptions?: { readonly url?: string | undefined }
}

/** Creates the logger. @param destination standard output by default; a test reads its own */
export function createLogger (level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]', '*.password', '*.token'], censor: '[not logged]' },
    serializers: {
      req: (request: LoggedRequest) => ({ method: request.method, path: formatLoggedPath(request), id: request.id }),
      err: pino.stdSerializers.err,
    },
    // The last safeguard: messages of errors, also of libraries, can repeat an address or a value.
    hooks: { streamWrite: redactTexts },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** Replaces the codes in the texts of a JSON line. A number is left alone: fifteen digits of a duration can look like a code. */
function redactTexts (line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"/g, redactActivationCodes)
}

/** Formats the route of a request with its ids, never the address as it was sent: `/slips/K7Q-XM2-P9V`, `/slips/:number`. */
function formatLoggedPath ({ routeOptions, params }: LoggedRequest): string {
  const values = new Map<string, unknown>(Object.entries(params ?? {}))
  return routeOptions?.url?.replace(/:(\w+)/g, (name: string, key: string) => {
    const value = values.get(key)
    return typeof value === 'string' && loggedParameter.test(value) ? value : name
  }) ?? UNKNOWN_PATH
}
