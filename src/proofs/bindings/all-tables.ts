/** What binds each column of each table to the log. A test compares the list with the schema. Pure. */
import type { TableBindings } from './binding.js'
import { logTables } from './log-tables.js'
import { otherTables } from './other-tables.js'
import { slipTables } from './slip-tables.js'

export const tableBindings: Readonly<Record<string, TableBindings>> = { ...slipTables, ...logTables, ...otherTables }
