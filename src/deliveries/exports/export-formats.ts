/** In which forms delivery records are taken away. */
import { recordFormats } from './record-formats.js'

/** The records themselves, and the summary on paper. */
export const exportFormats = [...recordFormats, 'pdf'] as const
export type ExportFormat = (typeof exportFormats)[number]
