/** Runs an OpenLDAP server on free local ports, with its own folder, certificates and people. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { temporaryFolder } from '../processes.js'

export interface Slapd {
  readonly port: number
  /** The port for LDAP over TLS (ldaps). */
  readonly securePort: number
  readonly certificates: Certificates
}

export const BASE_DN = 'dc=example,dc=org'
/** May read all entries and write passwords, like the service account that an institution creates for Slipdesk. */
export const serviceAccount = { dn: `cn=slipdesk,${BASE_DN}`, password: 'let the desk in' } as const
/** May do anything. Tests use it to change entries. */
export const rootAccount = { dn: `cn=root,${BASE_DN}`, password: 'root' } as const

const SLAPD_PATH = '/usr/sbin/slapd'
const missingPrograms = [SLAPD_PATH, '/usr/bin/openssl'].filter(file => !existsSync(file))

/** The reason why slapd cannot run here, or undefined. */
export const slapdMissingReason = missingPrograms.length === 0 ? undefined : `tests with a real OpenLDAP are skipped: ${missingPrograms.join(' and ')} not found (Debian: apt install slapd openssl)`

/** Starts slapd and stops it when the test ends. @param people LDIF of further entries, most of them below `ou=people` */
export async function startSlapd (t: Test, people: string): Promise<Slapd> {
  const folder = await temporaryFolder(t)
  const certificates = makeCertificates(folder)
  const [port, securePort] = [await findFreePort(), await findFreePort()]
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'slapd.conf'), buildConfiguration(folder, certificates))
  await writeFile(join(folder, 'people.ldif'), `${baseLdif}\n${people}`)
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'people.ldif')], { stdio: 'pipe' })
  // Debug level 32768 reports the start and keeps slapd in the foreground.
  const slapd = spawn(SLAPD_PATH, ['-f', join(folder, 'slapd.conf'), '-h', `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${securePort}`, '-d', '32768'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(slapd, 'close')
  t.teardown(async () => {
    slapd.kill('SIGKILL')
    await ended
  })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    slapd.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('slapd starting')) resolve()
    })
    ended.then(() => reject(new Error(`slapd ended: ${output}`)), reject)
  })
  return { port, securePort, certificates }
}

async function findFreePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function buildConfiguration (folder: string, { authority, valid, key }: Certificates): string {
  return `
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.25178.1.2.3 NAME 'schacDateOfBirth' EQUALITY numericStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.36 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.25178.1.1.1 NAME 'schacPersonalCharacteristics' SUP top AUXILIARY MAY schacDateOfBirth )
TLSCACertificateFile ${authority}
TLSCertificateFile ${valid}
TLSCertificateKeyFile ${key}
database mdb
maxsize 1073741824
envflags nosync
suffix ${BASE_DN}
rootdn ${rootAccount.dn}
rootpw ${rootAccount.password}
directory ${join(folder, 'data')}
index objectClass,uid eq
# A search returns at most one page, so a client that does not page gets an incomplete result.
limits dn.exact="${serviceAccount.dn}" size=500 size.pr=500 size.prtotal=unlimited
access to attrs=userPassword by dn.exact="${serviceAccount.dn}" write by anonymous auth by * none
access to * by dn.exact="${serviceAccount.dn}" read by * none
overlay ppolicy
ppolicy_default cn=policy,${BASE_DN}
`
}

const baseLdif = `dn: ${BASE_DN}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ${serviceAccount.dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
userPassword: ${serviceAccount.password}

dn: cn=policy,${BASE_DN}
objectClass: organizationalRole
objectClass: pwdPolicy
pwdAttribute: userPassword
pwdMinLength: 15
pwdCheckQuality: 2
pwdInHistory: 3

dn: ou=people,${BASE_DN}
objectClass: organizationalUnit

dn: ou=alumni,${BASE_DN}
objectClass: organizationalUnit
`

export interface Certificates {
  /** Paths of the CA certificate, the server key and two server certificates for that key, one of them expired. */
  readonly authority: string
  readonly key: string
  readonly valid: string
  readonly expired: string
}

const newKeyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** Creates a CA and two certificates for 127.0.0.1 and localhost in a folder, with openssl. */
function makeCertificates (folder: string): Certificates {
  const file = (name: string) => join(folder, name)
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'pipe' })
  openssl('req', '-x509', ...newKeyOptions, '-keyout', file('authority.key'), '-out', file('authority.pem'), '-days', '2', '-subj', '/CN=Throw-away authority')
  openssl('req', ...newKeyOptions, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1')
  for (const [name, days] of [['valid', '2'], ['expired', '-1']] as const) {
    openssl('x509', '-req', '-in', file('server.csr'), '-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-copy_extensions', 'copy', '-days', days, '-out', file(`${name}.pem`))
  }
  return { authority: file('authority.pem'), key: file('server.key'), valid: file('valid.pem'), expired: file('expired.pem') }
}
