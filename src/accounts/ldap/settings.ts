/** Reads the settings of an LDAP directory from the environment. */
import { readFileSync } from 'node:fs'
import { type Filter, FilterParser } from 'ldapts'
import { z } from 'zod'
import { Secret } from '../../institution/secret.js'
import { type AttributeMap, attributeMapSchema } from './attribute-map.js'

export interface LdapServer {
  readonly host: string
  readonly port: number
  /** `start-tls`: a plain connection that is encrypted before any request. */
  readonly security: 'ldaps' | 'start-tls' | 'none'
  /** True for this machine, where the traffic cannot be intercepted. */
  readonly loopback: boolean
}

/** `ldaps://host` or `ldap://host:port`, without anything else. */
const serverUrlSchema = z.string().transform((text, context): LdapServer => {
  const url = URL.canParse(text) ? new URL(text) : null
  const host = url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
  if (url === null || host === '' || !/^ldaps?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '' || !['', '/'].includes(url.pathname)) {
    context.addIssue({ code: 'custom', message: 'must be ldaps://host or ldap://host addresses, separated by commas' })
    return z.NEVER
  }
  const secure = url.protocol === 'ldaps:'
  return { host, port: Number(url.port || (secure ? 636 : 389)), security: secure ? 'ldaps' : 'none', loopback: /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host) }
})

/** Addresses separated by commas or spaces, in the order of use. */
const serverListSchema = z.string().transform(text => text.split(/[\s,]+/).filter(Boolean)).pipe(z.array(serverUrlSchema).min(1))

export interface LdapSettings {
  readonly kind: 'ldap'
  /** In the order of use. */
  readonly servers: readonly LdapServer[]
  /** The only trusted certificate authorities, PEM; undefined for those of Node.js. */
  readonly ca: string | undefined
  readonly bindDn: string
  readonly bindPassword: Secret
  readonly baseDn: string
  /** Selects the entries that are accounts. */
  readonly filter: Filter
  readonly attributes: AttributeMap
  /** How a password is set: RFC 3062, or Active Directory's own attribute. */
  readonly passwordMethod: 'rfc3062' | 'unicodePwd'
  /** For connecting and for each response (milliseconds). */
  readonly timeout: number
}

export type DirectorySettings = { readonly kind: 'built-in' } | LdapSettings

const filterSchema = z.string().transform((text, context) => {
  try {
    return FilterParser.parseString(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'is not an LDAP filter (RFC 4515)' })
    return z.NEVER
  }
})

const certificatesSchema = z.string().transform((path, context) => {
  const text = readFileIfPresent(path)
  if (text?.includes('-----BEGIN CERTIFICATE-----') === true) return text
  context.addIssue({ code: 'custom', message: text === undefined ? 'cannot be read' : 'contains no PEM certificate' })
  return z.NEVER
})

/** The map itself, or the path of a JSON file with it. */
const attributesSchema = z.string().transform((text, context) => {
  const json = text.trim().startsWith('{') ? text : readFileIfPresent(text)
  const parsed = attributeMapSchema.safeParse(json === undefined ? undefined : parseJson(json))
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues) {
    context.addIssue({ code: 'custom', message: path.length > 0 ? `${path.join('.')}: ${message}` : 'is neither JSON nor a readable file of JSON with the attribute map' })
  }
  return z.NEVER
})

/** The variables, for the schema of the environment. */
export const directoryVariables = {
  DIRECTORY: z.enum(['built-in', 'ldap']).default('built-in'),
  LDAP_URLS: serverListSchema.optional(),
  LDAP_START_TLS: z.stringbool({ error: 'must be true or false' }).default(false),
  LDAP_CA_FILE: certificatesSchema.optional(),
  LDAP_BIND_DN: z.string().optional(),
  LDAP_BIND_PASSWORD: z.string().transform(text => new Secret('bind password', text)).optional(),
  LDAP_BASE_DN: z.string().optional(),
  LDAP_FILTER: filterSchema.prefault('(objectClass=person)'),
  LDAP_ATTRIBUTES: attributesSchema.optional(),
  LDAP_PASSWORD: z.enum(['rfc3062', 'unicodePwd']).default('rfc3062'),
  LDAP_TIMEOUT: z.coerce.number().min(1).max(60).default(5),
}

const requiredVariables = ['LDAP_URLS', 'LDAP_BIND_DN', 'LDAP_BIND_PASSWORD', 'LDAP_BASE_DN', 'LDAP_ATTRIBUTES'] as const

/** Lists the problems of the variables in combination. @param present the variables that are set */
export function validateDirectoryVariables (present: Readonly<Record<string, string | undefined>>): string[] {
  if (present['DIRECTORY'] !== 'ldap') {
    return Object.keys(present).filter(name => name in directoryVariables && name !== 'DIRECTORY').map(name => `${name}: only DIRECTORY=ldap reads it`)
  }
  const startTls = directoryVariables.LDAP_START_TLS.safeParse(present['LDAP_START_TLS']).data === true
  const servers = serverListSchema.safeParse(present['LDAP_URLS']).data ?? []
  return [
    ...present['DATABASE_URL'] === undefined ? ['DIRECTORY: ldap needs DATABASE_URL; the demo’s people are in no directory'] : [],
    ...requiredVariables.filter(name => present[name] === undefined).map(name => `${name}: is missing; DIRECTORY=ldap needs it`),
    ...servers.filter(server => !startTls && server.security === 'none' && !server.loopback)
      .map(({ host }) => `LDAP_URLS: ${host} would be contacted without TLS; use ldaps:// or LDAP_START_TLS=true`),
    // ldapts writes every message into that log, passwords too.
    .../ldap|\*/i.test(present['NODE_DEBUG'] ?? '') ? ['NODE_DEBUG: would write passwords into the log'] : [],
  ]
}

/** Converts the variables to settings. Call it only when `validateDirectoryVariables` found no problem. */
export function toDirectorySettings (env: z.output<z.ZodObject<typeof directoryVariables>>): DirectorySettings {
  if (env.DIRECTORY === 'built-in') return { kind: 'built-in' }
  return {
    kind: 'ldap',
    servers: env.LDAP_URLS!.map(server => server.security === 'none' && env.LDAP_START_TLS ? { ...server, security: 'start-tls' } : server),
    ca: env.LDAP_CA_FILE,
    bindDn: env.LDAP_BIND_DN!,
    bindPassword: env.LDAP_BIND_PASSWORD!,
    baseDn: env.LDAP_BASE_DN!,
    filter: env.LDAP_FILTER,
    attributes: env.LDAP_ATTRIBUTES!,
    passwordMethod: env.LDAP_PASSWORD,
    timeout: env.LDAP_TIMEOUT * 1000,
  }
}

function readFileIfPresent (path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
