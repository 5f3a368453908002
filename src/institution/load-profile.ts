/** Finds the institution's profile: one that comes with the product, or a JSON file. */
import { readFile } from 'node:fs/promises'
import { ConfigError } from '../config-error.js'
import { metropolia } from './metropolia.js'
import { profileSchema, type Profile } from './profile.js'

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
