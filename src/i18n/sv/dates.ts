import type { Translation } from '../en/index.js'
import type { dates as en } from '../en/dates.js'

export const dates: Translation<typeof en> = {
  on: { d1: 'måndag', d2: 'tisdag', d3: 'onsdag', d4: 'torsdag', d5: 'fredag', d6: 'lördag', d7: 'söndag' },
  until: { d1: 'måndag', d2: 'tisdag', d3: 'onsdag', d4: 'torsdag', d5: 'fredag', d6: 'lördag', d7: 'söndag' },
  weekday: { d1: 'mån', d2: 'tis', d3: 'ons', d4: 'tor', d5: 'fre', d6: 'lör', d7: 'sön' },
  month: {
    m1: 'januari',
    m2: 'februari',
    m3: 'mars',
    m4: 'april',
    m5: 'maj',
    m6: 'juni',
    m7: 'juli',
    m8: 'augusti',
    m9: 'september',
    m10: 'oktober',
    m11: 'november',
    m12: 'december',
  },
  weekdayAndDay: '{{weekday}} {{day}}.{{monthNumber}}',
  dayAndMonth: '{{day}}.{{monthNumber}}',
}
