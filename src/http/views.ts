/** Pages from templates: `reply.page(name, data)` inside the layout, `reply.fragment(name, data)` alone. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import view from '@fastify/view'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Profile } from '../institution/profile.js'
import { languages, locales, type Localised } from '../i18n/locales.js'
import { REMOVED_PARAMETER } from './code-in-address.js'

/** Relative to the compiled file in `dist/src/http/`. */
const templatesFolder = fileURLToPath(new URL('../../../templates/', import.meta.url))
const assetsFolder = join(templatesFolder, 'assets/')

/** Pure files of the server that the scripts of the pages import too, so that both follow one definition. */
const sharedModules: readonly string[] = ['keyboard-layouts.js', 'typed-symbols.js']
const sharedFolder = fileURLToPath(new URL('../institution/', import.meta.url))

const removedPattern = new RegExp(`[?&]${REMOVED_PARAMETER}=code(?:&|$)`)

export interface ViewOptions {
  readonly institution: Localised
  /** How holders can contact the institution. */
  readonly contact: Profile['contact']
  readonly isDemo: boolean
  /** What the layout shows of the person who is signed in. */
  readonly layoutData: (request: FastifyRequest, path: string) => object
}

/** Registers templates, `/assets/` and `/assets/shared/`. */
export async function addViews (app: FastifyInstance, options: ViewOptions): Promise<void> {
  const assetVersion = hashAssets(assetsFolder)
  await app.register(view, { engine: { eta: new Eta({ views: templatesFolder, cache: true }) }, root: templatesFolder, viewExt: 'eta' })
  await app.register(fastifyStatic, { root: assetsFolder, prefix: '/assets/', maxAge: '1d', immutable: false, index: false })
  // They import each other without a version, so the browser asks each time whether they have changed.
  await app.register(fastifyStatic, { root: sharedFolder, prefix: '/assets/shared/', decorateReply: false, index: false, allowedPath: path => sharedModules.includes(path.replace('/', '')) })
  app.decorateReply('page', async function (this: FastifyReply, name, data, { status = 200 } = {}) {
    const common = buildCommonData(this.request, options, assetVersion)
    // The links of a page that was not found do not repeat its address, which may hold anything.
    if (status === 404) common.here = '/'
    return await this.status(this.request.returnedForm?.status ?? status).type('text/html; charset=utf-8').view(name, { ...common, csrfToken: generateCsrfToken(this), ...data })
  })
  app.decorateReply('fragment', async function (this: FastifyReply, name, data) {
    const common = buildCommonData(this.request, options, assetVersion)
    return await this.type('text/html; charset=utf-8').view(name, { ...common, csrfToken: generateCsrfToken(this), ...data })
  })
}

/** Builds the data that every template gets in addition to its own. */
function buildCommonData (request: FastifyRequest, options: ViewOptions, assetVersion: string) {
  const path = request.url.split('?')[0]!
  return {
    t: request.t,
    language: request.language,
    locale: locales[request.language].tag,
    languages,
    theme: request.theme,
    ...options.layoutData(request, path),
    path,
    /** The page to which preference links lead: this one, with its query if it can be requested with GET. */
    here: request.method === 'GET' ? request.url : path,
    institution: options.institution[request.language],
    contact: { ...options.contact, phoneHours: options.contact.phoneHours[request.language] },
    demo: options.isDemo,
    flash: removedPattern.test(request.url) ? { tone: 'warning', title: request.t('common.codeRemoved'), text: request.t('common.codeWiped') } : undefined,
    assetVersion,
  }
}

function generateCsrfToken (reply: FastifyReply): string | undefined {
  return 'generateCsrf' in reply ? reply.generateCsrf() : undefined
}

/** Hashes the assets. Their addresses contain the hash, so browsers may cache them and still get new versions. */
function hashAssets (folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(`${folder}/${name}`))
  return hash.digest('base64url').slice(0, 8)
}
