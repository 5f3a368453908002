import t from 'tap'
import { crawlPages } from './crawl.js'

t.test('every page is accessible and fits on a phone, down to 320 px', async t => {
  await crawlPages(t, [
    { language: 'fi', width: 390, narrowWidth: 320, touch: true },
    // Text length changes the layout, not the semantics, and axe checks English in the desktop test.
    { language: 'en', width: 390, narrowWidth: 320, touch: true, layoutOnly: true },
    { language: 'sv', width: 390, narrowWidth: 320, touch: true, layoutOnly: true },
  ])
})
