import Fastify, { type FastifyBaseLogger } from 'fastify'
import t from 'tap'
import { addErrorHandler } from '../../src/http/error-handler.js'
import { translator } from '../../src/i18n/translate.js'
import { Unavailable } from '../../src/institution/errors.js'
import { createLogger } from '../../src/logger.js'
import { pick } from '../helpers/projections.js'

async function logFailure (error: Error): Promise<{ level: number, message: string }> {
  const lines: string[] = []
  const loggerInstance: FastifyBaseLogger = createLogger('trace', { write: line => { lines.push(line) } })
  const app = Fastify({ loggerInstance })
  app.decorateRequest('t', { getter: () => translator('en', 'Europe/Helsinki') })
  app.decorateRequest('language', { getter: () => 'en' as const })
  addErrorHandler(app, 'https://desk.example')
  app.get('/api/v1/broken', async () => { throw error })
  await app.inject('/api/v1/broken')
  await app.close()
  const [logged] = lines.map(line => JSON.parse(line) as { level: number, msg: string, err?: { message: string } }).filter(line => line.msg === 'request failed')
  return { level: logged!.level, message: logged!.err!.message }
}

t.test('logs an unexpected error whole, with the error that caused it', async t => {
  t.strictSame(await logFailure(new Error('the list was not sent', { cause: new Error('socket closed') })), { level: 50, message: 'the list was not sent: socket closed' })
})

t.test('logs the cause of a domain error, which says more than its own message', async t => {
  t.strictSame(await logFailure(new Unavailable('directory-away', { cause: new Error('connect ECONNREFUSED') })), { level: 40, message: 'connect ECONNREFUSED' })
  t.strictSame(await logFailure(new Unavailable('directory-away')), { level: 40, message: 'directory-away' })
})

t.test('logs the route of a request with its ids, and no other part of the address', async t => {
  const lines: string[] = []
  const loggerInstance: FastifyBaseLogger = createLogger('trace', { write: line => { lines.push(line) } })
  const app = Fastify({ loggerInstance })
  app.get('/slips/:number/:step', async () => { throw new Error('no value at /activate%23ABCEH-KMPTX-Y23ZK') })
  for (const url of ['/slips/K7Q-XM2-P9S/Typed?q=Typed', '/slips/0b7f3a52-4d1e-4c59-8a57-2f6f3f2f9d11/x', '/Typed']) await app.inject(url)
  await app.close()
  const paths = lines.map(line => JSON.parse(line) as { req?: { path?: string } }).flatMap(({ req }) => req?.path ?? [])
  t.strictSame(paths.filter((path, i) => path !== paths[i - 1]), ['/slips/K7Q-XM2-P9S/:step', '/slips/0b7f3a52-4d1e-4c59-8a57-2f6f3f2f9d11/:step', '(unknown)'])
  t.match(lines.join(), 'no value at /activate%23[activation code]')
  t.notMatch(lines.join(), 'ABCEH')
})

t.test('keeps every log line readable: a number that looks like a code stays', async t => {
  const lines: string[] = []
  const responseTime = Number('30.222222222222978')
  createLogger('trace', { write: line => { lines.push(line) } }).info({ responseTime, note: 'say "22222-22222-22222"' }, 'request completed')
  const logged = JSON.parse(lines[0]!) as Record<string, unknown>
  t.strictSame(pick(logged, 'responseTime', 'note'), { responseTime, note: 'say "[activation code]"' })
})
