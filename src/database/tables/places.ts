/** Where: rows of service points and of the postcode register. Types only. */
import type { ColumnType } from 'kysely'
import type { Localised, ServicePointKind } from '../../institution/words.js'
import type { Coordinates } from '../../service-points/distance.js'
import type { OpeningHours } from '../../service-points/hours-schema.js'
import type { Json } from './columns.js'

export interface ServicePointsTable {
  id: string
  kind: ServicePointKind
  name: Json<Localised>
  campus: string
  address: string
  hours: Json<OpeningHours>
  location: ColumnType<Coordinates | null, string | null, string | null>
}

export interface PostcodesTable {
  postcode: string
  town_fi: string
  town_sv: string
  municipality_code: string
  municipality_fi: string
  municipality_sv: string
  type_code: number
}
