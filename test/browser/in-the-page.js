// Runs in the browser: what the tests of looks ask of a page. Needs axe.
globalThis.look = {
  async findings (levels) {
    return await findingsOf(levels)
  },

  // Another theme is other colours and nothing else, so only axe's rules about colours are asked again.
  async findingsInTheme (levels, theme) {
    document.documentElement.dataset.theme = theme
    return await findingsOf(globalThis.axe.getRules(levels).filter(rule => rule.tags.includes('cat.color')).map(rule => rule.ruleId))
  },

  // What makes the page scroll sideways, or is cut off by a box of its own.
  sticksOut () {
    const scrolls = '.table-scroll table, .visually-hidden, .skip, .paper, svg'
    const holdsText = '.button, .badge, label, th, td, dt, dd, p, h1, h2, h3'
    const root = document.documentElement
    const scrolling = root.scrollWidth > root.clientWidth ? [`the page is ${root.scrollWidth} px wide`] : []
    const sticking = [...document.body.querySelectorAll('*')]
      .filter(element => element.checkVisibility() && element.closest(scrolls) === null)
      .filter(element => element.getBoundingClientRect().right > root.clientWidth + 1 ||
        (element.matches(holdsText) && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0))
      .map(element => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`)
    return [...scrolling, ...sticking]
  },

  // The outline around what has the focus, or around the card that it stands in.
  outlineOfFocus () {
    const focused = document.activeElement
    if (focused === document.body) return null
    const { outlineStyle, outlineWidth } = getComputedStyle(focused.closest('.choice') ?? focused)
    return { element: focused.outerHTML.slice(0, 120), visible: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 3 }
  },
}

async function findingsOf (runOnly) {
  const { violations } = await globalThis.axe.run({ runOnly, resultTypes: ['violations'] })
  return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')} ${node.failureSummary}`))
}
