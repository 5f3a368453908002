import type { Translation } from '../en/index.js'
import type { dates as en } from '../en/dates.js'

export const dates: Translation<typeof en> = {
  on: { d1: 'maanantaina', d2: 'tiistaina', d3: 'keskiviikkona', d4: 'torstaina', d5: 'perjantaina', d6: 'lauantaina', d7: 'sunnuntaina' },
  until: { d1: 'maanantaihin', d2: 'tiistaihin', d3: 'keskiviikkoon', d4: 'torstaihin', d5: 'perjantaihin', d6: 'lauantaihin', d7: 'sunnuntaihin' },
  weekday: { d1: 'ma', d2: 'ti', d3: 'ke', d4: 'to', d5: 'pe', d6: 'la', d7: 'su' },
  month: {
    m1: 'tammikuuta',
    m2: 'helmikuuta',
    m3: 'maaliskuuta',
    m4: 'huhtikuuta',
    m5: 'toukokuuta',
    m6: 'kesäkuuta',
    m7: 'heinäkuuta',
    m8: 'elokuuta',
    m9: 'syyskuuta',
    m10: 'lokakuuta',
    m11: 'marraskuuta',
    m12: 'joulukuuta',
  },
  weekdayAndDay: '{{weekday}} {{day}}.{{monthNumber}}.',
  dayAndMonth: '{{day}}.{{monthNumber}}.',
}
