import t from 'tap'
import { createLogger } from '../../src/logger.js'
import { networkOf } from '../../src/institution/network-address.js'
import { securityEvents, securityFields } from '../../src/monitoring/security-events.js'
import { logSecurityEvent, securityEventCounter } from '../../src/monitoring/security-log.js'

t.test('writes one JSON line with the event’s name, level and fields', async t => {
  const lines: string[] = []
  const logger = createLogger('info', { write: line => { lines.push(line) } })
  const count = async () => (await securityEventCounter.get()).values.find(({ labels }) => labels.event === 'security.token-network-changed')?.value
  const before = await count()
  t.type(before, 'number', 'an event that has not happened is a zero, not a gap')
  logSecurityEvent(logger, { event: 'security.token-network-changed', token: '6f1d2c52-7f0b-4b0e-9a43-1f2f1a0c7e11', network: '192.0.2.0/24' })
  const { time: _, pid: __, hostname: ___, ...line } = JSON.parse(lines.join('')) as Record<string, unknown>
  t.strictSame(line, { level: 40, event: 'security.token-network-changed', token: '6f1d2c52-7f0b-4b0e-9a43-1f2f1a0c7e11', network: '192.0.2.0/24', msg: 'security event' })
  t.equal(await count(), before! + 1)
})

t.test('explains every field that an event has, and no other', async t => {
  const used = new Set<string>(Object.values(securityEvents).flatMap(({ fields }) => [...fields]))
  t.strictSame([...used].sort(), Object.keys(securityFields).sort())
})

t.test('shortens addresses to networks', async t => {
  for (const [address, network] of [
    ['192.0.2.77', '192.0.2.0/24'], ['::ffff:192.0.2.77', '192.0.2.0/24'], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'], ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['unknown', undefined],
  ] as const) t.equal(networkOf(address), network, address)
})
