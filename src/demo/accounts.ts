/** The demo institution's made-up people: every affiliation and status, three languages, two pairs of namesakes. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import type { AccountStatus, Affiliation, Language } from '../institution/vocabulary.js'
import { upsertAccounts, type AccountDraft } from '../accounts/upsert-accounts.js'

type DemoPerson = [username: string, studentNumber: string | null, name: string, affiliation: Affiliation, status: AccountStatus, language: Language, birthDate: string | null]

const demoPeople: DemoPerson[] = [
  ['lukng2101', '2100417', 'Łukasz Nguyễn-Đặng', 'student', 'active', 'en', '2001-03-14'],
  ['matvi1207', '2100523', 'Matti Virtanen', 'student', 'active', 'fi', '1999-11-02'],
  ['matvi3318', '2201184', 'Matti Virtanen', 'student', 'active', 'fi', null],
  ['annko4420', '2100891', 'Anna Korhonen', 'student', 'active', 'fi', '2002-07-21'],
  ['annko5562', '2300047', 'Anna Korhonen', 'student', 'active', 'sv', '2003-01-09'],
  ['aasob1415', '2100733', 'Åsa Öberg', 'student', 'active', 'sv', '2000-05-30'],
  ['olgka2290', '2202915', 'Ольга Кузнецова', 'student', 'active', 'en', '1998-12-17'],
  ['cagyi7714', '2202316', 'Çağrı Yıldız', 'student', 'active', 'en', null],
  ['eerma1983', '2000128', 'Eero Mäkinen', 'student', 'active', 'fi', '1997-04-04'],
  ['liini6051', '2101472', 'Liisa Nieminen', 'student', 'active', 'fi', '2001-09-12'],
  ['juhha8836', '2101593', 'Juhani Hämäläinen', 'student', 'active', 'fi', null],
  ['sofla2247', '2201608', 'Sofia Laine', 'student', 'active', 'fi', '2002-02-28'],
  ['onnhe9102', '2301719', 'Onni Heikkinen', 'student', 'active', 'fi', '2004-10-05'],
  ['aadko3374', '2301820', 'Aada Koskinen', 'student', 'active', 'fi', '2004-06-16'],
  ['eltja5518', '2201931', 'Eltayeb Jama', 'student', 'active', 'en', '1996-08-23'],
  ['mohmo6629', '2302042', 'Mohamed Mohamed', 'student', 'active', 'en', '2003-03-03'],
  ['linli7740', '2102153', 'Linnéa Lindqvist', 'student', 'active', 'sv', '2000-12-01'],
  ['axeek8851', '2202264', 'Axel Ekström', 'student', 'active', 'sv', null],
  ['nguth9962', '2302375', 'Nguyễn Thị Hồng Ánh', 'student', 'active', 'en', '2002-11-19'],
  ['joaes1073', '2102486', 'João Espírito Santo', 'student', 'active', 'en', '1999-01-27'],
  ['siopn2184', '2202597', "Siobhán O'Brien-Niemelä", 'student', 'active', 'en', '2001-05-08'],
  ['veera3295', '2302608', 'Veera Rantanen', 'student', 'active', 'fi', '2004-04-22'],
  ['helsa4306', '2102719', 'Helmi Salonen', 'student', 'active', 'fi', '2000-09-30'],
  ['nooka5417', '2202820', 'Noora Karjalainen', 'student', 'active', 'fi', null],
  ['toivu6528', '2302931', 'Toivo Vuorinen', 'student', 'active', 'fi', '1995-02-11'],
  ['pekle7639', '2103042', 'Pekka Leppänen', 'student', 'active', 'fi', '1988-06-06'],
  ['ilmho8740', '2403153', 'Ilmari Holm', 'student', 'not-yet-entitled', 'sv', '2005-01-15'],
  ['emmra9851', '2403264', 'Emma Räsänen', 'student', 'not-yet-entitled', 'fi', '2005-07-07'],
  ['priha1962', '2403375', 'Priya Hariharan', 'student', 'not-yet-entitled', 'en', '2000-10-10'],
  ['ottjo2073', '2003486', 'Otto Jokinen', 'student', 'locked', 'fi', '1998-03-25'],
  ['samtu3184', '2003597', 'Samu Tuominen', 'student', 'locked', 'fi', null],
  ['eliaa4295', null, 'Elias Aaltonen', 'applicant', 'active', 'fi', '2006-02-02'],
  ['maiwi5306', null, 'Maija Wickström', 'applicant', 'active', 'sv', '2005-11-11'],
  ['ahmal6417', null, 'Ahmad Al-Khatib', 'applicant', 'active', 'en', null],
  ['chewa7528', null, 'Chen Wang', 'applicant', 'active', 'en', '2004-12-31'],
  ['iidla8639', null, 'Iida Lahtinen', 'applicant', 'not-yet-entitled', 'fi', '2006-05-20'],
  ['leoah9740', null, 'Leo Ahonen', 'applicant', 'locked', 'fi', '2005-08-18'],
  ['agent', null, 'Aino Virtanen', 'staff', 'active', 'fi', '1990-05-05'],
  ['karsu1851', null, 'Kari Suominen', 'staff', 'active', 'fi', '1971-09-09'],
  ['birst2962', null, 'Birgitta Strömberg', 'staff', 'active', 'sv', '1965-04-17'],
  ['davmc3073', null, 'David McAllister', 'staff', 'active', 'en', null],
  ['ritpa4184', null, 'Ritva Palomäki', 'staff', 'active', 'fi', '1968-12-24'],
  ['janlu5295', null, 'Janne Luoma', 'staff', 'not-yet-entitled', 'fi', '1993-07-01'],
  ['satki6306', null, 'Satu Kivelä', 'staff', 'locked', 'fi', '1982-10-28'],
  ['heism7417', null, 'Heikki Smeds', 'partner', 'active', 'sv', null],
  ['outpe8528', null, 'Outi Peltonen', 'partner', 'active', 'fi', '1979-03-13'],
  ['marga9639', null, 'María García Fernández', 'partner', 'active', 'en', '1985-01-31'],
  ['jukny1740', null, 'Jukka Nyström', 'partner', 'not-yet-entitled', 'fi', null],
  ['tomba2851', null, 'Tomáš Bařina', 'partner', 'locked', 'en', '1987-05-19'],
  ['reiko3962', null, 'Reijo Kontio', 'external', 'active', 'fi', '1950-06-30'],
  ['ullfa4073', null, 'Ulla Fagerholm', 'external', 'active', 'sv', '1958-02-14'],
  ['georg5184', null, 'Γεώργιος Παπαδόπουλος', 'external', 'active', 'en', null],
  ['sirvi6295', null, 'Sirkka Viitanen', 'external', 'not-yet-entitled', 'fi', '1961-08-08'],
  ['pauto7306', null, 'Paula Toivonen', 'external', 'locked', 'fi', '1975-11-05'],
  ['vilma8417', null, 'Ville Mannila', 'training', 'active', 'fi', null],
  ['jenni9528', null, 'Jenni Ikonen', 'training', 'active', 'fi', '1991-09-21'],
  ['svean1639', null, 'Svea Andersson', 'training', 'active', 'sv', null],
  ['rahja2740', null, 'Rahul Jain', 'training', 'active', 'en', '1989-04-12'],
  ['hanko3851', null, 'Hannele Kokko', 'training', 'not-yet-entitled', 'fi', null],
  ['ismde4962', null, 'İsmail Demir', 'training', 'locked', 'en', '1986-12-03'],
]

export const demoAccounts: readonly AccountDraft[] = demoPeople
  .map(([username, studentNumber, displayName, affiliation, status, preferredLanguage, birthDate]) =>
    ({ username, studentNumber, displayName, affiliation, status, preferredLanguage, birthDate }))

/** Loads the demo accounts if there are no accounts yet. */
export async function loadDemoAccounts (db: Kysely<Database>, now: Date): Promise<void> {
  await db.transaction().execute(async trx => {
    const existing = await trx.selectFrom('accounts').select('id').limit(1).executeTakeFirst()
    if (existing === undefined) await upsertAccounts(trx, demoAccounts, now)
  })
}
