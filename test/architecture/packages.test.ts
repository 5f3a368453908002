import { readFileSync } from 'node:fs'
import t from 'tap'
import { projectRoot } from '../helpers/project-root.js'

interface Lock { readonly packages: Readonly<Record<string, { readonly resolved?: string, readonly license?: string, readonly optional?: boolean, readonly dev?: boolean, readonly hasInstallScript?: boolean }>> }

const lock = JSON.parse(readFileSync(new URL('package-lock.json', projectRoot), 'utf8')) as Lock
const names = Object.keys(lock.packages).filter(path => path !== '').map(path => path.replace(/^.*node_modules\//, ''))

/** Packages that can send an e-mail, a text message or a call. */
const senderPattern = new RegExp([
  'mail', 'smtp', 'imap', 'pop3', 'mailgun', 'sendgrid', 'mailjet', 'mandrill', 'postmark', 'sparkpost', 'mailchimp', 'brevo', 'sendinblue', 'resend$', 'courier', 'novu',
  'sms', 'smpp', 'twilio', 'vonage', 'nexmo', 'messagebird', 'plivo', 'sinch', 'infobip', 'clickatell', 'telnyx', 'bandwidth', 'whatsapp', 'telegram', 'signalwire', 'voip',
  'onesignal', 'pusher', 'firebase', 'web-push', 'apn$', 'client-ses', 'client-sns', 'client-pinpoint', '^aws-sdk$', 'communication-(email|sms|phone)', '@azure/communication',
].join('|'), 'i')

t.test('has no package that can send e-mail, text messages or calls', async t => {
  t.ok(names.length > 100, 'the lock file was read')
  t.strictSame(names.filter(name => senderPattern.test(name)), [])
  for (const name of ['nodemailer', 'smtp-server', 'sendmail', '@sendgrid/mail', 'mailgun.js', 'postmark', 'twilio', '@vonage/server-sdk', 'nexmo', 'messagebird', '@aws-sdk/client-ses', '@aws-sdk/client-sns', '@azure/communication-sms', 'elks-sms']) {
    t.ok(senderPattern.test(name), `${name} would be detected`)
  }
})

t.test('takes every package from the npm registry', async t => {
  const elsewhere = Object.entries(lock.packages).filter(([path, { resolved }]) => path !== '' && resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
  t.strictSame(elsewhere.map(([path]) => path), [])
})

/** Licences under which the product may be used and passed on by an institution, each with its notice. */
const productLicences = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC-BY-3.0', 'CC0-1.0', 'ISC', 'MIT', 'OFL-1.1', 'PSF-2.0', 'Unlicense', 'Zlib']
/** Tools of developers are not passed on, so weak copyleft is no obstacle there. */
const toolLicences = [...productLicences, 'MPL-2.0', 'Python-2.0', 'WTFPL']
/** Packages that name no licence in their package.json; their LICENSE file was read. */
const readLicences: Readonly<Partial<Record<string, { readonly licence: string, readonly file: string }>>> = {
  'node_modules/png-js': { licence: 'MIT', file: 'LICENSE' },
  'node_modules/jsonc-simple-parser': { licence: 'MIT', file: 'license' },
}

/** Checks an SPDX expression: of `A OR B` one must be allowed, of `A AND B` both. */
function isAllowed (expression: string, allowed: readonly string[]): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1')
  if (/[()]/.test(plain)) return false
  return plain.split(' OR ').some(choice => choice.split(' AND ').every(name => allowed.includes(name.trim())))
}

t.test('has only packages whose licence is known and allowed', async t => {
  const refused = Object.entries(lock.packages).filter(([path]) => path !== '').flatMap(([path, { license, dev }]) => {
    const licence = license ?? readLicences[path]?.licence
    return licence !== undefined && isAllowed(licence, dev === true ? toolLicences : productLicences) ? [] : [`${path}: ${licence ?? 'no licence'}`]
  })
  t.strictSame(refused, [])
})

t.test('reads licences as SPDX expressions', async t => {
  for (const allowed of ['MIT', '(MIT OR GPL-3.0-only)', 'MIT AND OFL-1.1', '(ISC AND CC-BY-3.0)']) t.ok(isAllowed(allowed, productLicences), allowed)
  for (const refused of ['GPL-3.0-only', 'AGPL-3.0-or-later', 'MIT AND GPL-2.0-only', 'MPL-2.0', 'UNLICENSED', 'SEE LICENSE IN x', '', '(MIT AND (GPL-2.0-only OR ISC))']) t.notOk(isAllowed(refused, productLicences), refused)
})

t.test('the packages without a named licence still have the text that was read', async t => {
  for (const [path, read] of Object.entries(readLicences)) t.match(readFileSync(new URL(`${path}/${read!.file}`, projectRoot), 'utf8'), /Permission is hereby granted, free of charge/, path)
})
