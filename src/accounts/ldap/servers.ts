/** The addresses of a directory's servers. Pure. */
import { z } from 'zod'

export interface LdapServer {
  readonly host: string
  readonly port: number
  /** `start-tls`: a plain connection that is encrypted before anything is said. */
  readonly security: 'ldaps' | 'start-tls' | 'none'
  /** On this machine, where nobody reads along. */
  readonly loopback: boolean
}

/** `ldaps://host` or `ldap://host:port`, and nothing else in it. */
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

/** Addresses separated by commas or spaces, in the order in which they are asked. */
export const serverListSchema = z.string().transform(text => text.split(/[\s,]+/).filter(Boolean)).pipe(z.array(serverUrlSchema).min(1))
