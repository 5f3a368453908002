/** Reads the environment; all its errors are reported together. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { validateDirectoryVariables, toDirectorySettings, directoryVariables, type DirectorySettings } from './accounts/ldap/settings.js'
import { createLogKeys, type LogKeys } from './audit/sealing/log-crypto.js'
import { findDatabaseTransportErrors, findPlainHttpErrors, findWeakKeyErrors, findWideProxyErrors, isLoopback, readDatabaseTransport } from './config-checks.js'
import { createKeyRing, type CodeKeys } from './slips/code-hmac.js'

/** 32 or more bytes of randomness, written as base64 (`openssl rand -base64 32`). */
const keySchema = z.string().transform((text, context) => {
  const bytes = Buffer.from(text.trim(), 'base64')
  if (!/^[A-Za-z0-9+/_=-]+$/.test(text.trim()) || bytes.length < 32) {
    context.addIssue({ code: 'custom', message: 'must be at least 32 random bytes in base64: openssl rand -base64 32' })
    return z.NEVER
  }
  return bytes
})

/** The current key first, then older ones that still verify, separated by commas. */
const keyListSchema = z.string().transform(text => text.split(',').filter(Boolean)).pipe(z.array(keySchema).min(1))

const logKeyListSchema = keyListSchema.refine(all => all.every(one => one.length === 32), 'must be exactly 32 random bytes in base64, each: openssl rand -base64 32')

/** An address, a network (`10.0.0.0/8`), or a name that Fastify knows. */
const proxySchema = z.string().refine(text => {
  const [address = '', bits] = text.split('/')
  if (bits === undefined && ['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  return isIP(address) !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128)))
}, 'must be addresses or networks, separated by commas')

const environmentSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  INSTITUTION: z.string().min(1).default('metropolia'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CODE_KEY: keyListSchema.optional(),
  SESSION_KEY: keySchema.optional(),
  LOG_KEY: logKeyListSchema.optional(),
  CHECKPOINT_FILE: z.string().min(1).optional(),
  TRUSTED_PROXIES: z.string().default('').transform(text => text.split(',').map(one => one.trim()).filter(Boolean)).pipe(z.array(proxySchema)),
  METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters').optional(),
  ...directoryVariables,
})

/** Where keys and data come from: the demo creates its own, an institution configures them. */
export type InstallationConfig =
  | { readonly kind: 'demo', readonly dataDir: string }
  | { readonly kind: 'institution', readonly databaseUrl: string, readonly codeKeys: CodeKeys, readonly sessionKey: Buffer, readonly logKeys: LogKeys }

export interface Config {
  readonly host: string
  readonly port: number
  /** Printed on the slip and in its QR code; decides whether cookies are Secure. Without a trailing slash. */
  readonly publicUrl: string
  /** A profile's id, or the path of a JSON file that holds one. */
  readonly institution: string
  readonly logLevel: string
  /** Addresses or networks whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[]
  readonly metricsToken: string | undefined
  /** The file to which every checkpoint of the audit log is appended; by default the demo has one in its folder. */
  readonly checkpointFile: string | undefined
  readonly installation: InstallationConfig
  readonly directory: DirectorySettings
  /** Settings that are allowed and that the log repeats at each start. */
  readonly warnings: readonly string[]
}

/** The configuration of operator commands: where the data is, without secrets, and the log's keys for verifying if they are set. */
export interface OperatorConfig {
  readonly institution: string
  readonly logKeys: LogKeys | undefined
  readonly checkpointFile: string | undefined
  readonly data: { readonly dataDir: string } | { readonly databaseUrl: string }
}

/** The environment cannot be used; `errors` has one line for each reason. */
export class ConfigError extends Error {
  readonly errors: readonly string[]
  constructor (errors: readonly string[]) {
    super(`The configuration cannot be used:\n${errors.map(error => `  ${error}`).join('\n')}`)
    this.name = 'ConfigError'
    this.errors = errors
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the server's configuration.
 * @throws {ConfigError} with all errors together
 */
export function parseConfig (environment: Environment): Config {
  const env = readEnvironment(environment, variables => [
    ...findMissingSecrets(variables), ...findDemoHostErrors(variables), ...findAddressErrors(variables), ...findPlainHttpErrors(variables),
    ...findDatabaseTransportErrors(variables), ...findWeakKeyErrors(variables), ...findWideProxyErrors(variables), ...validateDirectoryVariables(variables),
  ])
  return {
    host: env.HOST,
    port: env.PORT,
    publicUrl: (env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`).replace(/\/+$/, ''),
    institution: env.INSTITUTION,
    logLevel: env.LOG_LEVEL,
    trustedProxies: env.TRUSTED_PROXIES,
    metricsToken: env.METRICS_TOKEN,
    checkpointFile: env.CHECKPOINT_FILE,
    installation: env.DATABASE_URL === undefined
      ? { kind: 'demo', dataDir: env.DATA_DIR }
      : { kind: 'institution', databaseUrl: env.DATABASE_URL, codeKeys: createKeyRing(env.CODE_KEY!), sessionKey: env.SESSION_KEY!, logKeys: createLogKeys(env.LOG_KEY!) },
    directory: toDirectorySettings(env),
    warnings: readDatabaseTransport(environment) === 'clear' ? ['DATABASE_URL has sslmode=disable: codes’ hashes, sessions and personal data cross the network to the database in clear'] : [],
  }
}

/**
 * Reads the configuration of operator commands.
 * @throws {ConfigError} with all errors together
 */
export function parseOperatorConfig (environment: Environment): OperatorConfig {
  const env = readEnvironment(environment, findDatabaseTransportErrors)
  return {
    institution: env.INSTITUTION,
    logKeys: env.LOG_KEY === undefined ? undefined : createLogKeys(env.LOG_KEY),
    checkpointFile: env.CHECKPOINT_FILE,
    data: env.DATABASE_URL === undefined ? { dataDir: env.DATA_DIR } : { databaseUrl: env.DATABASE_URL },
  }
}

/**
 * Reads the keys of CODE_KEY for the operator command that creates API tokens.
 * @throws {ConfigError} also when there are none
 */
export function parseCodeKeys (environment: Environment): CodeKeys {
  const env = readEnvironment(environment, variables => [
    ...findWeakKeyErrors(variables),
    ...variables['CODE_KEY'] === undefined ? ['CODE_KEY: is missing; a new token is bound to it. Set it to the value that the server has'] : [],
  ])
  return createKeyRing(env.CODE_KEY!)
}

/**
 * Reads the directory settings for operator commands.
 * @throws {ConfigError} with all errors together
 */
export function parseDirectoryConfig (environment: Environment): DirectorySettings {
  return toDirectorySettings(readEnvironment(environment, validateDirectoryVariables))
}

/** An empty variable counts as absent. */
function readEnvironment (environment: Environment, findFurtherErrors: (present: Environment) => string[]): z.output<typeof environmentSchema> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = environmentSchema.safeParse(present)
  const errors = parsed.error?.issues.map(issue => `${issue.path[0]?.toString() ?? ''}: ${issue.message}`) ?? []
  errors.push(...findFurtherErrors(present))
  if (!parsed.success || errors.length > 0) throw new ConfigError(errors)
  return parsed.data
}

function findMissingSecrets (present: Environment): string[] {
  if (present['DATABASE_URL'] === undefined) return []
  return ['CODE_KEY', 'SESSION_KEY', 'LOG_KEY']
    .filter(name => present[name] === undefined)
    .map(name => `${name}: is missing; with DATABASE_URL set it is required: openssl rand -base64 32`)
}

/** The address is printed on paper, so it must be one that people can open. */
function findAddressErrors (present: Environment): string[] {
  if (present['PUBLIC_URL'] !== undefined || !['0.0.0.0', '::'].includes(present['HOST'] ?? '')) return []
  return [`PUBLIC_URL: is missing; people cannot open the address of HOST ${present['HOST']}, and the address is printed on every slip`]
}

function findDemoHostErrors (present: Environment): string[] {
  const host = present['HOST'] ?? 'localhost'
  if (present['DATABASE_URL'] !== undefined || isLoopback(host)) return []
  return [`HOST: ${host} is not loopback; the demo institution has known passwords and is served on 127.0.0.1 only. Set DATABASE_URL for a real one`]
}
