import t from 'tap'
import { crawlPages } from './crawl.js'

t.test('every page is accessible and fits on a desktop, light and dark', async t => {
  await crawlPages(t, [
    { language: 'en', width: 1280 },
    // axe checks Finnish in the phone test.
    { language: 'fi', width: 1280, layoutOnly: true },
  ])
})
