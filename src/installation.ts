/** Opens what the configuration names: keys and database, with the institution's data in place. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogKeys, type LogKeys } from './audit/sealing/log-keys.js'
import { ConfigError } from './config-error.js'
import type { Config } from './config.js'
import { connect, type Connection } from './database/connect.js'
import { lockDataFolder } from './database/folder-lock.js'
import { migrate, listPendingMigrations } from './database/migrate.js'
import { loadDemoData } from './demo-data.js'
import type { Profile } from './institution/profile.js'
import { loadReferenceData } from './reference-data.js'
import { createKeyRing, type CodeKeys } from './slips/code-hmac.js'

export interface OpenedInstallation extends Connection {
  readonly codeKeys: CodeKeys
  readonly sessionKey: Buffer
  readonly logKeys: LogKeys
  readonly checkpointFile: string | undefined
  readonly demo: boolean
}

/**
 * Opens the installation. The demo is migrated and filled here; an institution's database is
 * migrated by `npm run migrate` and only checked.
 * @throws {ConfigError} when an institution's database can be reached but its schema is behind
 */
export async function openInstallation (config: Config, profile: Profile, now: () => Date): Promise<OpenedInstallation> {
  const { checkpointFile } = config
  if (config.installation.kind === 'demo') return await openDemoInstallation({ dataDir: config.installation.dataDir, checkpointFile }, profile, now)
  const { databaseUrl, codeKeys, sessionKey, logKeys } = config.installation
  return { ...await connect({ url: databaseUrl }), codeKeys, sessionKey, logKeys, checkpointFile, demo: false }
}

/** @throws {ConfigError} when migrations are missing; whatever the driver throws when the database is away */
export async function requireCurrentSchema (opened: OpenedInstallation): Promise<void> {
  const pending = await listPendingMigrations(opened.db)
  if (pending.length > 0) throw new ConfigError([`DATABASE_URL: the schema lacks ${pending.join(', ')}; run: npm run migrate`])
}

interface DemoLocation { readonly dataDir: string, readonly checkpointFile: string | undefined }

/**
 * The embedded database of a demo folder, migrated and filled, with the folder's own keys.
 * @throws {ConfigError} when another process has the folder
 */
export async function openDemoInstallation ({ dataDir, checkpointFile = join(dataDir, 'checkpoints.txt') }: DemoLocation, profile: Profile, now: () => Date): Promise<OpenedInstallation> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const unlock = await lockDataFolder(dataDir)
  try {
    const keys = await readOrCreateDemoKeys(join(dataDir, 'keys.json'))
    const connection = await connect({ folder: join(dataDir, 'database') })
    await migrate(connection.db)
    await loadReferenceData(connection.db, profile, now())
    await loadDemoData(connection.db, now())
    return { ...connection, ...keys, checkpointFile, demo: true, close: async () => await connection.close().finally(unlock) }
  } catch (error) {
    await unlock()
    throw error
  }
}

/** Random keys, made once and kept beside the demo's data, readable by its owner only. A key that came later is added. */
async function readOrCreateDemoKeys (path: string): Promise<{ codeKeys: CodeKeys, sessionKey: Buffer, logKeys: LogKeys }> {
  const fresh = () => randomBytes(32).toString('base64')
  const made = { codeKey: fresh(), sessionKey: fresh(), logKey: fresh() }
  const found = await readStoredKeys(path)
  const kept = { ...made, ...found }
  if (Object.keys(made).some(name => found[name] === undefined)) {
    await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600 })
    await rename(`${path}.new`, path)
  }
  const bytes = (name: keyof typeof made) => Buffer.from(kept[name], 'base64')
  return { codeKeys: createKeyRing([bytes('codeKey')]), sessionKey: bytes('sessionKey'), logKeys: createLogKeys([bytes('logKey')]) }
}

async function readStoredKeys (path: string): Promise<Readonly<Partial<Record<string, string>>>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  return JSON.parse(text) as Record<string, string>
}
