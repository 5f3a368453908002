/** A real OpenLDAP on free ports of this machine, with a folder, certificates and people of its own. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { makeCertificates, type Certificates } from './certificates.js'
import { temporaryFolder } from './processes.js'

export interface Slapd {
  readonly port: number
  /** Where it speaks TLS from the first byte on. */
  readonly securePort: number
  readonly certificates: Certificates
}

export const base = 'dc=example,dc=org'
/** Who may read everything and write passwords, as an institution would have it for Slipdesk. */
export const service = { dn: `cn=slipdesk,${base}`, password: 'let the desk in' } as const
/** Who may do anything, for what a test changes. */
export const root = { dn: `cn=root,${base}`, password: 'root' } as const

const program = '/usr/sbin/slapd'
const missing = [program, '/usr/bin/openssl'].filter(file => !existsSync(file))

/** Why there can be no slapd here; undefined when there can. */
export const slapdMissing = missing.length === 0 ? undefined : `what needs a real OpenLDAP was left out: ${missing.join(' and ')} not found (Debian: apt install slapd openssl)`

/** @param people LDIF of entries below `ou=people` and whatever else there should be */
export async function startSlapd (t: Test, people: string): Promise<Slapd> {
  const folder = await temporaryFolder(t)
  const certificates = makeCertificates(folder)
  const [port, securePort] = [await freePort(), await freePort()]
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'slapd.conf'), configuration(folder, certificates))
  await writeFile(join(folder, 'people.ldif'), `${foundation}\n${people}`)
  execFileSync('/usr/sbin/slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'people.ldif')], { stdio: 'pipe' })
  // Level 32768 says that it has started, and stays in the foreground.
  const slapd = spawn(program, ['-f', join(folder, 'slapd.conf'), '-h', `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${securePort}`, '-d', '32768'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(slapd, 'close')
  t.teardown(async () => {
    slapd.kill('SIGKILL')
    await ended
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    slapd.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('slapd starting')) resolve()
    })
    ended.then(() => reject(new Error(`slapd ended: ${said}`)), reject)
  })
  return { port, securePort, certificates }
}

async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function configuration (folder: string, { authority, valid, key }: Certificates): string {
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
suffix ${base}
rootdn ${root.dn}
rootpw ${root.password}
directory ${join(folder, 'data')}
index objectClass,uid eq
# Nobody gets more at once than a page: whoever does not page sees its end.
limits dn.exact="${service.dn}" size=500 size.pr=500 size.prtotal=unlimited
access to attrs=userPassword by dn.exact="${service.dn}" write by anonymous auth by * none
access to * by dn.exact="${service.dn}" read by * none
overlay ppolicy
ppolicy_default cn=policy,${base}
`
}

const foundation = `dn: ${base}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ${service.dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
userPassword: ${service.password}

dn: cn=policy,${base}
objectClass: organizationalRole
objectClass: pwdPolicy
pwdAttribute: userPassword
pwdMinLength: 15
pwdCheckQuality: 2
pwdInHistory: 3

dn: ou=people,${base}
objectClass: organizationalUnit

dn: ou=alumni,${base}
objectClass: organizationalUnit
`
