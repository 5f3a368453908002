/** Kinds of columns. Types only. */
import type { JSONColumnType } from 'kysely'

/** A JSON column: read as its value, written as its JSON text. */
export type Json<T extends object | null> = JSONColumnType<T>
/** A calendar day, `YYYY-MM-DD`. */
export type Day = string
