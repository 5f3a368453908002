/** Opens what the configuration names: database, keys, institution profile, reference data, demo data. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { reindexAccounts } from './accounts/reindex-accounts.js'
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
import { loadServicePoints } from './service-points/load-service-points.js'
import { type CodeKeys, createKeyRing } from './slips/code-hmac.js'

export interface OpenedInstallation extends Connection {
  readonly codeKeys: CodeKeys
  readonly sessionKey: Buffer
  readonly logKeys: LogKeys
  readonly checkpointFile: string | undefined
  readonly isDemo: boolean
}

/**
 * Opens the installation. The demo is migrated and filled here. An institution's database is
 * migrated by `npm run migrate`; `requireCurrentSchema` checks it.
 * @throws {ConfigError} when another process uses the demo's folder
 */
export async function openInstallation (config: Config, profile: Profile, now: () => Date): Promise<OpenedInstallation> {
  const { checkpointFile } = config
  if (config.installation.kind === 'demo') return await openDemoInstallation({ dataDir: config.installation.dataDir, checkpointFile }, profile, now)
  const { databaseUrl, codeKeys, sessionKey, logKeys } = config.installation
  return { ...await connect({ url: databaseUrl }), codeKeys, sessionKey, logKeys, checkpointFile, isDemo: false }
}

/** Checks that the schema is current. @throws {ConfigError} when migrations are missing; the driver's error when the database is unavailable */
export async function requireCurrentSchema (opened: OpenedInstallation): Promise<void> {
  const pending = await listPendingMigrations(opened.db)
  if (pending.length > 0) throw new ConfigError([`DATABASE_URL: the schema lacks ${pending.join(', ')}; run: npm run migrate`])
}

interface DemoLocation { readonly dataDir: string, readonly checkpointFile: string | undefined }

/**
 * Opens the embedded database of a demo folder, migrated and filled, with the folder's own keys.
 * @throws {ConfigError} when another process uses the folder
 */
export async function openDemoInstallation ({ dataDir, checkpointFile = join(dataDir, 'checkpoints.txt') }: DemoLocation, profile: Profile, now: () => Date): Promise<OpenedInstallation> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const unlock = await lockDataFolder(dataDir).catch((error: unknown) => {
    throw error instanceof FolderInUse ? new ConfigError([`DATA_DIR: ${error.message}, and only one process can. Stop that process first (the server?), or set DATABASE_URL: several processes can use PostgreSQL at the same time`]) : error
  })
  try {
    const keys = await readOrCreateDemoKeys(join(dataDir, 'keys.json'))
    const connection = await connect({ folder: join(dataDir, 'database') })
    await migrate(connection.db)
    await loadReferenceData(connection.db, profile, now())
    await reindexAccounts(connection.db, now())
    await loadDemoData(connection.db, now(), keys.codeKeys)
    return { ...connection, ...keys, checkpointFile, isDemo: true, close: async () => await connection.close().finally(unlock) }
  } catch (error) {
    await unlock()
    throw error
  }
}

/** Reads the demo's random keys from a file that only its owner can read; creates those that are missing. */
async function readOrCreateDemoKeys (path: string): Promise<{ codeKeys: CodeKeys, sessionKey: Buffer, logKeys: LogKeys }> {
  const createKey = () => randomBytes(32).toString('base64')
  const generated = { codeKey: createKey(), sessionKey: createKey(), logKey: createKey() }
  const stored = await readStoredKeys(path)
  const keys = { ...generated, ...stored }
  if (Object.keys(generated).some(name => stored[name] === undefined)) {
    await writeFile(`${path}.new`, JSON.stringify(keys), { mode: 0o600 })
    await rename(`${path}.new`, path)
  }
  const bytes = (name: keyof typeof generated) => Buffer.from(keys[name], 'base64')
  return { codeKeys: createKeyRing([bytes('codeKey')]), sessionKey: bytes('sessionKey'), logKeys: createLogKeys([bytes('logKey')]) }
}

async function readStoredKeys (path: string): Promise<Readonly<Partial<Record<string, string>>>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  return JSON.parse(text) as Record<string, string>
}

// Reference data: the profile's service points and the postcode register.

/** Inserts the reference data that is missing; what an administrator changed is not touched. */
export async function loadReferenceData (db: Kysely<Database>, profile: Profile, now: Date): Promise<void> {
  await loadServicePoints(db, profile, now)
  await loadBundledRegister(db, now)
}

// The institution's profile: one that is bundled with the product, or a JSON file.

const builtInProfiles: ReadonlyMap<string, Profile> = new Map([['metropolia', metropolia]])

/**
 * Loads the profile of an institution.
 * @param institution the id of a bundled profile, or the path of a JSON file
 * @throws {ConfigError} with every error of the profile
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
