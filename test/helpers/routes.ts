/** Lists the routes of an app, so that a test can go through all of them. */
import type { FastifyInstance } from 'fastify'

export interface ListedRoute {
  readonly method: string
  /** The pattern, with `:name` for each parameter. */
  readonly url: string
}

/** Lists every route, parsed from the router's printed tree. The API's document and assets are shown there without their prefix. */
export function listRoutes (app: FastifyInstance): ListedRoute[] {
  const path: string[] = []
  return app.printRoutes({ commonPrefix: false }).split('\n').flatMap(line => {
    const found = /^([\s│├└─]*)(.*?)(?: \(([A-Z, ]+)\))?$/u.exec(line)
    if (found === null || found[2] === '') return []
    const depth = found[1]!.length / 4
    path.length = Math.max(0, depth - 1)
    path.push(found[2]!)
    return (found[3] ?? '').split(', ').filter(Boolean).map(method => ({ method, url: path.join('') }))
  })
}
