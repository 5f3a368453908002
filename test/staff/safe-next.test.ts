import t from 'tap'
import { safeNext } from '../../src/staff/safe-next.js'

t.test('a sign-in leads on to the page of this site that was asked for', async t => {
  t.equal(safeNext('/accounts'), '/accounts')
  t.equal(safeNext('/accounts?q=%C3%A4ij%C3%A4&cursor=a.b'), '/accounts?q=%C3%A4ij%C3%A4&cursor=a.b')
  t.equal(safeNext('/slips/../accounts'), '/accounts')
})

t.test('a sign-in never leads to another site, in whatever disguise', async t => {
  const disguises = [
    'https://evil.example/', '//evil.example/', '///evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example',
    '/\n/evil.example', '/.//evil.example', '/..//evil.example', '/a/..//evil.example', 'javascript:alert(1)', 'evil.example', '', ' /accounts', '/ä',
    '/%2e//evil.example', '/accounts\u0000', 'data:text/html,x',
  ]
  for (const next of disguises) t.equal(safeNext(next), undefined, JSON.stringify(next))
  t.equal(safeNext(['/accounts']), undefined)
  t.equal(safeNext(undefined), undefined)
  t.equal(safeNext(`/${'a'.repeat(2000)}`), undefined)
})

t.test('a sign-in does not lead back into signing in', async t => {
  t.equal(safeNext('/sign-in'), undefined)
  t.equal(safeNext('/sign-out'), undefined)
  t.equal(safeNext('/service-point?next=/accounts'), undefined)
})
