import t from 'tap'
import { walk } from './walk.js'

t.test('every page is accessible and fits at a desk, in Finnish and English, light and dark', async t => {
  await walk(t, [
    { language: 'fi', width: 1280 },
    { language: 'en', width: 1280 },
  ])
})
