/** Opens what the configuration names: keys and database, with the institution's data in place. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { loadBundledRegister } from './addresses/postcode-register.js'
import { createLogKeys, type LogKeys } from './audit/sealing/log-crypto.js'
import { type Config, ConfigError } from './config.js'
import { connect, type Connection } from './database/connection.js'
import { FolderInUse, lockDataFolder } from './database/data-folder-lock.js'
import { listPendingMigrations, migrate } from './database/migrations.js'
import type { Database } from './database/schema.js'
import { loadDemoData } from './demo/demo-data.js'
import { type Profile, profileSchema } from './institution/profile.js'
import { metropolia } from './institution/profiles/metropolia.js'
import { insertMissingServicePoints } from './service-points/queries.js'
import { type CodeKeys, createKeyRing } from './slips/code-hmac.js'

export interface OpenedInstallation extends Connection {
  readonly codeKeys: CodeKeys
  readonly sessionKey: Buffer
  readonly logKeys: LogKeys
  readonly checkpointFile: string | undefined
  readonly isDemo: boolean
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
  return { ...await connect({ url: databaseUrl }), codeKeys, sessionKey, logKeys, checkpointFile, isDemo: false }
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
  const unlock = await lockDataFolder(dataDir).catch((error: unknown) => {
    throw error instanceof FolderInUse ? new ConfigError([`DATA_DIR: ${error.message}, and only one may. Stop it first (the server?), or set DATABASE_URL: with PostgreSQL several can work at once`]) : error
  })
  try {
    const keys = await readOrCreateDemoKeys(join(dataDir, 'keys.json'))
    const connection = await connect({ folder: join(dataDir, 'database') })
    await migrate(connection.db)
    await loadReferenceData(connection.db, profile, now())
    await loadDemoData(connection.db, now())
    return { ...connection, ...keys, checkpointFile, isDemo: true, close: async () => await connection.close().finally(unlock) }
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

// What every installation starts with: the profile's service points and the postcode register.

/** Adds what is missing; what an administrator changed stays. */
export async function loadReferenceData (db: Kysely<Database>, profile: Profile, now: Date): Promise<void> {
  await insertMissingServicePoints(db, profile)
  await loadBundledRegister(db, now)
}

// Finds the institution's profile: one that comes with the product, or a JSON file.

const builtInProfiles: ReadonlyMap<string, Profile> = new Map([['metropolia', metropolia]])

/**
 * @param institution a known profile's id, or the path of a JSON file
 * @throws {ConfigError} naming every fault of the profile
 */
export async function loadProfile (institution: string): Promise<Profile> {
  const builtIn = builtInProfiles.get(institution)
  if (builtIn !== undefined) return profileSchema.parse(builtIn)
  const parsed = profileSchema.safeParse(await readJson(institution))
  if (parsed.success) return parsed.data
  throw new ConfigError(parsed.error.issues.map(issue => `INSTITUTION (${institution}): ${issue.path.join('.')}: ${issue.message}`))
}

async function readJson (path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new ConfigError([`INSTITUTION: ${path} is neither a known profile (${[...builtInProfiles.keys()].join(', ')}) nor a readable JSON file: ${(error as Error).message}`])
  }
}
