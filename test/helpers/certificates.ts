/** Throw-away certificates for 127.0.0.1 and localhost, made by the openssl of the machine. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export interface Certificates {
  /** Files: the authority's certificate, a server's key, and the server's certificates, one valid and one that has expired. */
  readonly authority: string
  readonly key: string
  readonly valid: string
  readonly expired: string
}

const newKeyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** Makes an authority of its own with two certificates in that folder. */
export function makeCertificates (folder: string): Certificates {
  const file = (name: string) => join(folder, name)
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' })
  openssl('req', '-x509', ...newKeyOptions, '-keyout', file('authority.key'), '-out', file('authority.pem'), '-days', '2', '-subj', '/CN=Throw-away authority')
  openssl('req', ...newKeyOptions, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1')
  for (const [name, days] of [['valid', '2'], ['expired', '-1']] as const) {
    openssl('x509', '-req', '-in', file('server.csr'), '-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-copy_extensions', 'copy', '-days', days, '-out', file(`${name}.pem`))
  }
  return { authority: file('authority.pem'), key: file('server.key'), valid: file('valid.pem'), expired: file('expired.pem') }
}
