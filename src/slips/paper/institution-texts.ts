/** What a slip prints of the institution: the same on every slip of an office, and nobody's secret. Pure. */
import type { SlipContent } from './slip-paper.js'

/** The texts, in no order. */
export function listInstitutionTexts ({ institution, issuedBy, activationUrl, delivery }: SlipContent): string[] {
  const { name, returnAddress, contact } = institution
  const { form, email, phone, phoneHours, chat = '' } = contact
  const desk = delivery.channel === 'porter' ? [...Object.values(delivery.servicePointName), delivery.campus, delivery.address] : []
  return [...Object.values(name), returnAddress, form, email, phone, ...Object.values(phoneHours), chat, ...Object.values(issuedBy), activationUrl, ...desk, '· /']
}
