import t from 'tap'
import { countedAddress } from '../../src/staff/client-address.js'
import { cameFromElsewhere } from '../../src/staff/form-origin.js'
import { may, worksAtServicePoint } from '../../src/staff/permissions.js'
import { chooseServicePoint } from '../../src/staff/service-point-choice.js'
import type { Office } from '../../src/staff/session.js'
import { workplaceErrors } from '../../src/staff/workplaces.js'

t.test('tries count together by IPv4 address, or by the first 64 bits of an IPv6 address', async t => {
  t.equal(countedAddress('192.0.2.7'), '192.0.2.7')
  t.equal(countedAddress('::ffff:192.0.2.7'), '192.0.2.7')
  t.equal(countedAddress('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  t.equal(countedAddress('2001:0DB8:1:2::99'), '2001:db8:1:2::/64')
  t.equal(countedAddress('2001:db8::1'), '2001:db8:0:0::/64')
  t.equal(countedAddress('::1'), '0:0:0:0::/64')
  t.equal(countedAddress('fe80::1%eth0'), 'fe80:0:0:0::/64')
})

t.test('the only service point is taken by itself; of several one is asked for', async t => {
  t.strictSame(chooseServicePoint(['helpdesk-a'], undefined, 'api'), { ok: true, servicePointId: 'helpdesk-a' })
  t.strictSame(chooseServicePoint([], undefined, 'api'), { ok: true, servicePointId: null })
  t.strictSame(chooseServicePoint(['helpdesk-a', 'helpdesk-b'], undefined, 'api'), { ok: false, message: 'choose-service-point' })
  t.strictSame(chooseServicePoint(['helpdesk-a', 'helpdesk-b'], undefined, 'page'), { ok: true, servicePointId: null })
  t.strictSame(chooseServicePoint(['helpdesk-a', 'helpdesk-b'], 'helpdesk-b', 'api'), { ok: true, servicePointId: 'helpdesk-b' })
})

t.test('nobody works at a service point that is not their own', async t => {
  t.strictSame(chooseServicePoint(['helpdesk-a'], 'porter-a', 'api'), { ok: false, message: 'not-your-service-point' })
  t.strictSame(chooseServicePoint([], 'porter-a', 'page'), { ok: false, message: 'not-your-service-point' })
})

t.test('an agent needs an office and a porter needs a porter desk', async t => {
  const name = { fi: 'x', sv: 'x', en: 'x' }
  const offices: Office[] = [{ id: 'helpdesk-a', kind: 'helpdesk', name }, { id: 'porter-a', kind: 'porter', name }]
  t.strictSame(workplaceErrors({ roles: ['agent'], servicePoints: ['helpdesk-a'] }, offices), [])
  t.strictSame(workplaceErrors({ roles: ['auditor', 'administrator'], servicePoints: [] }, offices), [])
  t.strictSame(workplaceErrors({ roles: ['agent'], servicePoints: ['porter-a'] }, offices), [{ path: 'servicePoints', message: 'agent-needs-office' }])
  t.strictSame(workplaceErrors({ roles: ['porter'], servicePoints: [] }, offices), [{ path: 'servicePoints', message: 'porter-needs-desk' }])
  t.strictSame(workplaceErrors({ roles: ['agent'], servicePoints: ['nowhere'] }, offices), [{ path: 'servicePoints', message: 'no-such-service-point' }])
})

t.test('agents and porters work at a service point; auditors and administrators need none', async t => {
  t.equal(worksAtServicePoint(['agent']), true)
  t.equal(worksAtServicePoint(['administrator', 'porter']), true)
  t.equal(worksAtServicePoint(['auditor', 'administrator']), false)
})

t.test('only administrators manage staff, only agents issue', async t => {
  t.equal(may(['administrator'], 'staff:manage'), true)
  t.equal(may(['agent', 'porter', 'auditor'], 'staff:manage'), false)
  t.equal(may(['administrator', 'porter', 'auditor'], 'slips:issue'), false)
})

t.test('a browser says whether a form came from another site', async t => {
  t.equal(cameFromElsewhere({ 'sec-fetch-site': 'same-origin' }, 'desk.example'), false)
  t.equal(cameFromElsewhere({ 'sec-fetch-site': 'none' }, 'desk.example'), false)
  t.equal(cameFromElsewhere({ 'sec-fetch-site': 'same-site', origin: 'https://desk.example' }, 'desk.example'), true)
  t.equal(cameFromElsewhere({ 'sec-fetch-site': 'cross-site' }, 'desk.example'), true)
  t.equal(cameFromElsewhere({ origin: 'http://127.0.0.1:3000' }, '127.0.0.1:3000'), false)
  t.equal(cameFromElsewhere({ origin: 'https://evil.example' }, '127.0.0.1:3000'), true)
  t.equal(cameFromElsewhere({ origin: 'not an origin' }, '127.0.0.1:3000'), true)
  t.equal(cameFromElsewhere({ origin: 'null' }, '127.0.0.1:3000'), false)
  t.equal(cameFromElsewhere({}, '127.0.0.1:3000'), false)
})
