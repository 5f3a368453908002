import t from 'tap'
import { walk } from './walk.js'

t.test('every page is accessible at a desk, light and dark, and fits in Finnish and English', async t => {
  await walk(t, [
    { language: 'en', width: 1280 },
    // axe looks at Finnish on a phone.
    { language: 'fi', width: 1280, onlyFits: true },
  ])
})
