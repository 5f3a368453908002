// Shows results while the user types. Without this script the form finds the same. Enter always submits the form.
const { mayBecomeActivationCode } = await import(`/assets/shared/typed-symbols.js${new URL(import.meta.url).search}`)
const form = document.querySelector('[data-live-search]')
const box = form.elements.q
const results = document.querySelector('[data-live-results]')
const status = document.querySelector('[data-live-status]')
let shown = box.value.trim()
let timer
let running = new AbortController()

box.addEventListener('input', () => {
  clearTimeout(timer)
  timer = setTimeout(find, 120)
})
form.addEventListener('submit', stop)

async function find () {
  const q = box.value.trim()
  stop()
  // A code that is not typed to its end gives the code away, too.
  if (q === shown || mayBecomeActivationCode(q)) return
  const { signal } = running
  try {
    const answer = await fetch(`${form.dataset.liveSearch}?${new URLSearchParams({ q })}`, { signal })
    // A redirect means that the session has ended: the form leads to the sign-in page.
    if (answer.redirected) return form.requestSubmit()
    const html = answer.ok ? await answer.text() : undefined
    if (html !== undefined && !signal.aborted) show(q, html)
  } catch (error) {
    // The user typed on, or there is no connection. The results stay, and Enter still submits the form.
    if (error.name !== 'AbortError' && !(error instanceof TypeError)) throw error
  }
}

function stop () {
  clearTimeout(timer)
  running.abort()
  running = new AbortController()
}

function show (q, html) {
  shown = q
  results.replaceChildren(...new DOMParser().parseFromString(html, 'text/html').body.childNodes)
  status.textContent = results.firstElementChild.dataset.outcome
}
