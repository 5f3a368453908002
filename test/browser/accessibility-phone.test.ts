import t from 'tap'
import { crawlPages } from './crawl.js'

t.test('every page is accessible and fits on a phone, down to 320 px', async t => {
  await crawlPages(t, [
    { language: 'fi', width: 390, narrowWidth: 320, touch: true },
    // Longer or shorter words change where things stand, not what they are: axe looks at English at the desk.
    { language: 'en', width: 390, narrowWidth: 320, touch: true, layoutOnly: true },
    { language: 'sv', width: 390, narrowWidth: 320, touch: true, layoutOnly: true },
  ])
})
