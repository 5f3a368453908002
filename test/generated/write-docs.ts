/** `npm run docs`: updates the generated parts of the documents. */
import { writeFile } from 'node:fs/promises'
import { connect } from '../../src/database/connection.js'
import { migrate } from '../../src/database/migrations.js'
import { projectRoot } from '../helpers/project-root.js'
import { generatedParts, updateDocument } from './generated-docs.js'

const { db, close } = await connect({ folder: undefined })
await migrate(db)
for (const part of generatedParts) await writeFile(new URL(part.path, projectRoot), await updateDocument(part, db))
await close()
