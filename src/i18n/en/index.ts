import { accountImport, accounts } from './accounts.js'
import { activation } from './activation.js'
import { attention } from './attention.js'
import { auditLog } from './audit-log.js'
import { callerCard } from './caller-card.js'
import { common } from './common.js'
import { deliveries } from './deliveries.js'
import { docs } from './docs.js'
import { fieldErrors, fields } from './fields.js'
import { holders } from './holders.js'
import { overview } from './overview.js'
import { paper } from './paper.js'
import { porter } from './porter.js'
import { problems, refusals } from './problems.js'
import { records } from './records.js'
import { servicePoints } from './service-points.js'
import { slips } from './slips.js'
import { returnedForms, staff } from './staff.js'
import { verifier } from './verifier.js'

export const en = { accountImport, accounts, activation, attention, auditLog, callerCard, common, deliveries, docs, fieldErrors, fields, holders, overview, paper, porter, problems, records, refusals, returnedForms, servicePoints, slips, staff, verifier }

/** The same keys with any texts: a translation that lacks a key does not compile. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : Translation<T[K]> }
