import t from 'tap'
import { isCrossSite } from '../../src/staff/csrf.js'
import { hasPermission, needsServicePoint } from '../../src/staff/permissions.js'
import { listAssignmentErrors, resolveServicePoint } from '../../src/staff/service-points.js'
import type { ServicePointRef } from '../../src/staff/session.js'
import { safeReturnPath } from '../../src/staff/return-path.js'
import { addressGroup } from '../../src/institution/network-address.js'

t.test('counts tries by IPv4 address or the first 64 bits of an IPv6 address', async t => {
  t.equal(addressGroup('192.0.2.7'), '192.0.2.7')
  t.equal(addressGroup('::ffff:192.0.2.7'), '192.0.2.7')
  t.equal(addressGroup('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  t.equal(addressGroup('2001:0DB8:1:2::99'), '2001:db8:1:2::/64')
  t.equal(addressGroup('2001:db8::1'), '2001:db8:0:0::/64')
  t.equal(addressGroup('::1'), '0:0:0:0::/64')
  t.equal(addressGroup('fe80::1%eth0'), 'fe80:0:0:0::/64')
})

t.test('selects the only service point and asks when there are several', async t => {
  t.strictSame(resolveServicePoint(['helpdesk-a'], undefined, 'api'), { ok: true, servicePointId: 'helpdesk-a' })
  t.strictSame(resolveServicePoint([], undefined, 'api'), { ok: true, servicePointId: null })
  t.strictSame(resolveServicePoint(['helpdesk-a', 'helpdesk-b'], undefined, 'api'), { ok: false, message: 'choose-service-point' })
  t.strictSame(resolveServicePoint(['helpdesk-a', 'helpdesk-b'], undefined, 'page'), { ok: true, servicePointId: null })
  t.strictSame(resolveServicePoint(['helpdesk-a', 'helpdesk-b'], 'helpdesk-b', 'api'), { ok: true, servicePointId: 'helpdesk-b' })
})

t.test('refuses a service point that is not assigned', async t => {
  t.strictSame(resolveServicePoint(['helpdesk-a'], 'porter-a', 'api'), { ok: false, message: 'not-your-service-point' })
  t.strictSame(resolveServicePoint([], 'porter-a', 'page'), { ok: false, message: 'not-your-service-point' })
})

t.test('requires an office for an agent and a porter desk for a porter', async t => {
  const name = { fi: 'x', sv: 'x', en: 'x' }
  const offices: ServicePointRef[] = [{ id: 'helpdesk-a', kind: 'helpdesk', name }, { id: 'porter-a', kind: 'porter', name }]
  t.strictSame(listAssignmentErrors({ roles: ['agent'], servicePoints: ['helpdesk-a'] }, offices), [])
  t.strictSame(listAssignmentErrors({ roles: ['auditor', 'administrator'], servicePoints: [] }, offices), [])
  t.strictSame(listAssignmentErrors({ roles: ['agent'], servicePoints: ['porter-a'] }, offices), [{ path: 'servicePoints', message: 'agent-needs-office' }])
  t.strictSame(listAssignmentErrors({ roles: ['porter'], servicePoints: [] }, offices), [{ path: 'servicePoints', message: 'porter-needs-desk' }])
  t.strictSame(listAssignmentErrors({ roles: ['agent'], servicePoints: ['nowhere'] }, offices), [{ path: 'servicePoints', message: 'no-such-service-point' }])
})

t.test('requires a service point for agents and porters only', async t => {
  t.equal(needsServicePoint(['agent']), true)
  t.equal(needsServicePoint(['administrator', 'porter']), true)
  t.equal(needsServicePoint(['auditor', 'administrator']), false)
})

t.test('lets only administrators manage staff and only agents issue', async t => {
  t.equal(hasPermission(['administrator'], 'staff:manage'), true)
  t.equal(hasPermission(['agent', 'porter', 'auditor'], 'staff:manage'), false)
  t.equal(hasPermission(['administrator', 'porter', 'auditor'], 'slips:issue'), false)
})

t.test('recognises a cross-site form by the browser’s headers', async t => {
  t.equal(isCrossSite({ 'sec-fetch-site': 'same-origin' }, 'desk.example'), false)
  t.equal(isCrossSite({ 'sec-fetch-site': 'none' }, 'desk.example'), false)
  t.equal(isCrossSite({ 'sec-fetch-site': 'same-site', origin: 'https://desk.example' }, 'desk.example'), true)
  t.equal(isCrossSite({ 'sec-fetch-site': 'cross-site' }, 'desk.example'), true)
  t.equal(isCrossSite({ origin: 'http://127.0.0.1:3000' }, '127.0.0.1:3000'), false)
  t.equal(isCrossSite({ origin: 'https://evil.example' }, '127.0.0.1:3000'), true)
  t.equal(isCrossSite({ origin: 'not an origin' }, '127.0.0.1:3000'), true)
  t.equal(isCrossSite({ origin: 'null' }, '127.0.0.1:3000'), false)
  t.equal(isCrossSite({}, '127.0.0.1:3000'), false)
})

t.test('redirects to the requested page of this site after sign-in', async t => {
  t.equal(safeReturnPath('/accounts'), '/accounts')
  t.equal(safeReturnPath('/accounts?q=%C3%A4ij%C3%A4&cursor=a.b'), '/accounts?q=%C3%A4ij%C3%A4&cursor=a.b')
  t.equal(safeReturnPath('/slips/../accounts'), '/accounts')
})

t.test('never redirects to another site, however disguised', async t => {
  const disguises = [
    'https://evil.example/', '//evil.example/', '///evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example',
    '/\n/evil.example', '/.//evil.example', '/..//evil.example', '/a/..//evil.example', 'javascript:alert(1)', 'evil.example', '', ' /accounts', '/ä',
    '/%2e//evil.example', '/accounts\u0000', 'data:text/html,x',
  ]
  for (const next of disguises) t.equal(safeReturnPath(next), undefined, JSON.stringify(next))
  t.equal(safeReturnPath(['/accounts']), undefined)
  t.equal(safeReturnPath(undefined), undefined)
  t.equal(safeReturnPath(`/${'a'.repeat(2000)}`), undefined)
})

t.test('does not redirect back to the sign-in', async t => {
  t.equal(safeReturnPath('/sign-in'), undefined)
  t.equal(safeReturnPath('/sign-out'), undefined)
  t.equal(safeReturnPath('/service-point?next=/accounts'), undefined)
})
