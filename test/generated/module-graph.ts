/** Checks the imports of the source code against the rules of `.dependency-cruiser.js` and renders them as a graph. */
import { fileURLToPath } from 'node:url'
import { cruise, type IConfiguration, type ICruiseResult, type IModule } from 'dependency-cruiser'
import { projectRoot } from '../helpers/project-root.js'

/** Reads every import below `src/` of a folder, this project's by default, and checks it against the rules. */
export async function cruiseSources (folder: string = fileURLToPath(projectRoot)): Promise<ICruiseResult> {
  const { default: { forbidden, options } } = await import(new URL('.dependency-cruiser.js', projectRoot).href) as { default: Required<IConfiguration> }
  const { output } = await cruise(['src'], { ...options, baseDir: folder, validate: true, ruleSet: { forbidden } })
  return output as ICruiseResult
}

/** The graph's name for the files beside the modules. */
const WIRING = 'wiring'

/** Renders the modules and their imports as a Mermaid graph, without arrows that other arrows imply. */
export function renderModuleGraph (modules: readonly IModule[]): string {
  const arrows = removeImpliedArrows(listModuleArrows(modules))
  const lines = [...arrows].flatMap(([from, targets]) => [...targets].sort().map(to => `  ${from} --> ${to}`))
  return ['```mermaid', 'flowchart TD', ...lines.sort(), '```'].join('\n')
}

/** Lists the modules that each module imports: the folders of `src/`, and the files beside them as one. */
function listModuleArrows (modules: readonly IModule[]): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>()
  for (const { source, dependencies } of modules.filter(({ source }) => source.startsWith('src/'))) {
    const from = findModuleName(source)
    const targets = arrows.get(from) ?? new Set()
    for (const { resolved } of dependencies) if (resolved.startsWith('src/') && findModuleName(resolved) !== from) targets.add(findModuleName(resolved))
    arrows.set(from, targets)
  }
  return arrows
}

function findModuleName (file: string): string {
  const [, folder, ...rest] = file.split('/')
  return rest.length === 0 ? WIRING : folder!
}

/** Removes every arrow for which there is a longer path. */
function removeImpliedArrows (arrows: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> {
  const reachable = new Map([...arrows.keys()].map(module => [module, findReachable(module, arrows)]))
  return new Map([...arrows].map(([from, targets]) =>
    [from, new Set([...targets].filter(to => ![...targets].some(other => other !== to && reachable.get(other)!.has(to))))]))
}

function findReachable (from: string, arrows: ReadonlyMap<string, ReadonlySet<string>>, found = new Set<string>()): Set<string> {
  for (const next of arrows.get(from) ?? []) {
    if (found.has(next)) continue
    found.add(next)
    findReachable(next, arrows, found)
  }
  return found
}
