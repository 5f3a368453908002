import t from 'tap'
import { findCleanAddress } from '../../src/http/code-in-address.js'

const code = 'ABCEH-KMPTX-Y23ZK'
const bare = 'ABCEHKMPTXY23ZK'

t.test('leads an address with anything behind /activate to the activation page', async t => {
  for (const url of [
    `/activate%23${code}`, `/activate%2523${code}`, `/activate%252523${bare}`, `/activate/${code}`, `/ACTIVATE/${code}`, '/Activate', `/activate;${bare}`, '/activate;x', `//activate/${code}`, `/fi/activate/${bare}`,
    '/sv/activate', `/activate£${code}`, `/activate${bare}`, `/%61ctivate%23${code}`, `/activate&${code}`, '/activate/done/x', `/\\activate\\${code}`, '/activate/unreadable', '/activate%C3%28', `/ACTIVATE?${code}`,
  ]) t.equal(findCleanAddress(url, undefined), '/activate', url)
})

t.test('leads an unknown address with a code to the activation page', async t => {
  for (const url of [`/aktivointi/${code}`, `/x/y%2F${bare}`, `/%23${code}`, `/nothing?c=${code}`, '/ABCEH/KMPTX/Y23ZK']) t.equal(findCleanAddress(url, undefined), '/activate', url)
  for (const url of ['/no-such-page', '/slips/K7Q-XM2-P9S/nothing', '/assets/x.css', '/favicon.ico', '/reactivate', '/inactivate/x', '/api/v1/unreadable']) t.equal(findCleanAddress(url, undefined), undefined, url)
})

t.test('leaves only language and theme in the address of the activation page', async t => {
  for (const query of [`?code=${code}`, `?${code}`, `?${bare}`, '?utm_source=x', `#${code}`, `?language=sv&c=${bare}`, '?language=xx', '?language=fi&language=', `?theme=${code}`]) {
    t.equal(findCleanAddress(`/activate${query}`, '/activate'), '/activate', query)
    t.equal(findCleanAddress(`/activate/done${query}`, '/activate/done'), '/activate', query)
  }
  for (const query of ['', '?', '?language=sv', '?lang=fi&theme=dark']) t.equal(findCleanAddress(`/activate${query}`, '/activate'), undefined, query)
})

t.test('removes a code from the query of a page, and nothing else', async t => {
  t.equal(findCleanAddress(`/accounts?q=${code}`, '/accounts'), '/accounts?removed=code')
  t.equal(findCleanAddress(`/tell?q=https%3A%2F%2Fdesk.example%2Factivate%C2%A3${bare}&in=fi`, '/tell'), '/tell?in=fi&removed=code')
  t.equal(findCleanAddress(`/slips?from=${bare}&state=voided&removed=code`, '/slips'), '/slips?state=voided&removed=code')
  t.equal(findCleanAddress(`/sign-in?next=%2Faccounts%3Fq%3D${code}`, '/sign-in'), '/sign-in?removed=code')
  t.equal(findCleanAddress(`/accounts?${bare}`, '/accounts'), '/accounts?removed=code')
  t.equal(findCleanAddress(`//accounts?q=${bare}`, '/accounts'), '/accounts?removed=code', 'never the address of another host')
  t.equal(findCleanAddress(`/\\accounts?q=${bare}`, '/accounts'), '/accounts?removed=code')
  for (const url of ['/accounts?q=matti.meikalainen', '/tell?q=K7Q-XM2-P9S', '/accounts?q=annko4420%40metropolia.fi', '/accounts?q=%ZZ', '/accounts']) t.equal(findCleanAddress(url, '/accounts'), undefined, url)
})

t.test('removes a code from the path of a known page', async t => {
  t.equal(findCleanAddress(`/slips/${code}`, '/slips/:number'), '/activate')
  t.equal(findCleanAddress(`/accounts/${bare}`, '/accounts/:id'), '/activate')
  t.equal(findCleanAddress('/slips/K7Q-XM2-P9S', '/slips/:number'), undefined)
  t.equal(findCleanAddress('/accounts/0b7f3a52-4d1e-4c59-8a57-2f6f3f2f9d11', '/accounts/:id'), undefined)
})
