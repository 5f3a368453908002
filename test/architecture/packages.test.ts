import { readFileSync } from 'node:fs'
import t from 'tap'
import { projectRoot } from '../helpers/project-root.js'

interface Lock { readonly packages: Readonly<Record<string, { readonly resolved?: string, readonly dev?: boolean, readonly hasInstallScript?: boolean }>> }

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
