/**
 * An institution's rules as data. Pure: the shape, its limits and what follows from it.
 * No profile can allow e-mail, SMS or phone: there is no field for it.
 */
import { z } from 'zod'
import { mapLanguages } from '../i18n/locales.js'
import { openingHoursSchema } from './opening-hours.js'
import { affiliations, channels, documentTypes, servicePointKinds } from './vocabulary.js'

const localisedSchema = z.object(mapLanguages(() => z.string().min(1)))
const countryCodeSchema = z.string().regex(/^[A-Z]{2}$/)
const daysSchema = z.number().int().min(1)

/** A web page that an agent offers the visitor. */
const linkSchema = z.object({ url: z.url(), label: localisedSchema })

const coordinatesSchema = z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
/** A place on the globe, in degrees north and east. */
export type Coordinates = Readonly<z.infer<typeof coordinatesSchema>>

const servicePointSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/),
  kind: z.enum(servicePointKinds),
  name: localisedSchema,
  campus: z.string().min(1),
  address: z.string().min(1),
  hours: openingHoursSchema,
  /** In degrees; two decimals are enough to decide which campus is nearest. */
  location: coordinatesSchema.optional(),
})

export const profileSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]+$/),
  name: localisedSchema,
  /** What people call the institution: no password may contain one of these. */
  shortNames: z.array(z.string().min(4)),
  /** The institution's domains, which people add to their user name (`user@domain`, `DOMAIN\user`). None where user names contain an `@` themselves. */
  userNameDomains: z.array(z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/)).default([]),
  /** Printed above the envelope's window, one line. */
  returnAddress: z.string().min(1).max(90),
  timeZone: z.string().refine(zone => Intl.supportedValuesOf('timeZone').includes(zone)),
  /** Where letters are domestic. */
  country: countryCodeSchema,
  onlineActivation: linkSchema,
  changePassword: linkSchema,
  trainingReset: linkSchema,
  /** How holders can contact the institution. `chat` and `form` are addresses of web pages. */
  contact: z.object({
    form: z.url(),
    email: z.email(),
    phone: z.string().min(3),
    phoneHours: localisedSchema,
    chat: z.url().optional(),
  }),
  /** Advice for an account that is not yet entitled: when it will work, then whom to ask. */
  notYetEntitledAdvice: localisedSchema,
  /** Which kind of office serves which affiliations, by which channels. A kind that is not listed serves no one. */
  offices: z.partialRecord(z.enum(servicePointKinds), z.object({
    affiliations: z.array(z.enum(affiliations)),
    channels: z.array(z.enum(channels)),
  })),
  /** Accepted documents: `any` issuing country, or a list; a type that is not listed is not accepted. */
  documents: z.partialRecord(z.enum(documentTypes), z.union([z.literal('any'), z.array(countryCodeSchema).min(1)])),
  /** Municipalities to which no registered letter goes, by their three-digit codes. */
  letterFreeArea: z.object({ name: localisedSchema, municipalities: z.array(z.string().regex(/^\d{3}$/)) }),
  /** The carrier of letters, and its page that tracks one: an https address with `{trackingNumber}` in it. */
  carrier: z.object({
    name: z.string().min(1),
    trackingUrl: z.url({ protocol: /^https$/ }).refine(url => url.includes('{trackingNumber}')),
  }),
  lifetimes: z.object({
    counterDays: daysSchema,
    /** SP 800-63A-4 §3.8: at most 21 days nationally, 30 abroad. */
    letterDomesticDays: daysSchema.max(21),
    letterAbroadDays: daysSchema.max(30),
    porterCollectDays: daysSchema,
    porterAfterHandoverDays: daysSchema,
    ceilingDays: daysSchema.max(45),
  }),
  reissue: z.object({
    slips: z.number().int().min(1),
    days: daysSchema,
    printFailedWithinMinutes: z.number().int().min(0),
    printFailedADay: z.number().int().min(0),
  }),
  /** True: the person who issued a porter slip may not hand it over too. */
  separatePersonAtHandover: z.boolean().default(false),
  /** Wrong codes tried on one slip: a wait after every `beforeWait` of them; at `limit` the slip is locked. SP 800-63A-4 §3.9 allows at most 100. */
  wrongTries: z.object({ beforeWait: z.number().int().min(1), waitMinutes: z.number().int().min(1), limit: z.number().int().min(1).max(100) }),
  /** Retention periods of personal data; docs/facts.md, "Retention", says what each one covers. */
  retention: z.object({
    /** After the end of the last slip: name and user name. At least 3, so that every slip and the reissue limit fit in. */
    accountMonths: z.number().int().min(3),
    /** After a slip's end: the texts typed about it, and the document details of its identity check. */
    detailMonths: z.number().int().min(3),
    /** After a slip's end: address and tracking number. */
    addressDays: daysSchema,
    /** After a failed sign-in: the login that was typed. */
    signInDays: daysSchema,
  }),
  /** SP 800-63B-4 §3.1.1.2 requires at least 15 characters. */
  passwordMinimum: z.number().int().min(15).max(64),
  /** The rules that a holder accepts before choosing a password, and their web page. */
  rulesOfUse: linkSchema.extend({ text: localisedSchema }),
  /** What a holder does next, in order: where to sign in, multi-factor set-up, what a work computer needs. */
  afterActivation: z.array(z.object({ title: localisedSchema, text: localisedSchema, link: linkSchema.optional() })).min(1),
  /** The envelope that the sheet is folded for: two folds at 99 and 198 mm, or one at 148.5 mm. */
  /**
   * A second administrator confirms what concerns administrators and auditors, and the erasure of a holder, as soon as two
   * administrators can sign in. On if left out, except in the demo.
   */
  fourEyes: z.boolean().optional(),
  envelope: z.enum(['E65', 'C5']),
  servicePoints: z.array(servicePointSchema).min(1),
})

export type Profile = z.infer<typeof profileSchema>

// The carrier of registered letters.

/** Formats the address of the carrier's page that tracks one letter. */
export function formatTrackingUrl ({ trackingUrl }: Profile['carrier'], trackingNumber: string): string {
  return trackingUrl.replaceAll('{trackingNumber}', encodeURIComponent(trackingNumber))
}
