import t from 'tap'
import { safeReturnPath } from '../../src/staff/safe-next.js'

t.test('a sign-in leads on to the page of this site that was asked for', async t => {
  t.equal(safeReturnPath('/accounts'), '/accounts')
  t.equal(safeReturnPath('/accounts?q=%C3%A4ij%C3%A4&cursor=a.b'), '/accounts?q=%C3%A4ij%C3%A4&cursor=a.b')
  t.equal(safeReturnPath('/slips/../accounts'), '/accounts')
})

t.test('a sign-in never leads to another site, in whatever disguise', async t => {
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

t.test('a sign-in does not lead back into signing in', async t => {
  t.equal(safeReturnPath('/sign-in'), undefined)
  t.equal(safeReturnPath('/sign-out'), undefined)
  t.equal(safeReturnPath('/service-point?next=/accounts'), undefined)
})
