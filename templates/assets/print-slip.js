// The issue form, improved: the slip opens in the print dialog and the desk is ready for the next visitor.
// Without this script the form still works: the browser shows the PDF itself.
// A form is [data-print-slip]; it holds [data-lost] and [data-signed-out]: what to do when no answer came, or none for us.
const { isPdf, printPaper, say } = await import(`./print-paper.js${new URL(import.meta.url).search}`)

document.addEventListener('submit', event => {
  const form = event.target
  if (!form.matches('[data-print-slip]') || event.submitter?.hasAttribute('formaction') || navigator.pdfViewerEnabled === false) return
  event.preventDefault()
  if (form.getAttribute('aria-busy') !== 'true') issue(form)
})

async function issue (form) {
  setBusy(form, true)
  for (const notice of form.querySelectorAll('[data-lost], [data-signed-out]')) notice.hidden = true
  try {
    const answer = await send(form)
    if (isPdf(answer)) await showIssued(answer)
    else if (leadsToSignIn(answer)) tell(form.querySelector('[data-signed-out]'))
    else if (answer.redirected) location.assign(answer.url)
    else if (answer.status < 500) await showPage(answer)
    else throw new Error(answer.statusText)
  } catch {
    tell(form.querySelector('[data-lost]'))
  } finally {
    setBusy(form, false)
  }
}

// Who has signed in again in another tab has a new form token: it is fetched, and the form sent once more.
async function send (form) {
  const answer = await post(form)
  if (answer.status !== 403) return answer
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html')
  const fresh = page.querySelector('main [name="_csrf"]')?.value
  if (fresh === undefined || fresh === form.elements._csrf.value) return answer
  form.elements._csrf.value = fresh
  return await post(form)
}

async function post (form) {
  return await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) })
}

function leadsToSignIn (answer) {
  return answer.redirected && new URL(answer.url).pathname === '/sign-in'
}

function tell (notice) {
  notice.hidden = false
  notice.firstElementChild.focus()
}

function setBusy (form, busy) {
  form.setAttribute('aria-busy', String(busy))
  if (busy) say(form.dataset.sending)
}

async function showIssued (answer) {
  const slip = new URL(answer.headers.get('location'), location.href).pathname
  printPaper(await answer.blob(), focusNext)
  history.replaceState(null, '', slip)
  document.querySelector('main').innerHTML = await issuedPanel(slip)
  const title = document.querySelector('main h1').textContent.trim().replace(/\s+/g, ' ')
  document.title = title
  say(title)
  focusNext()
}

// Printed is printed: when only the panel gets lost, a link to the slip stands in for it.
async function issuedPanel (slip) {
  const panel = await fetch(`${slip}/issued`).catch(() => undefined)
  return panel?.ok ? await panel.text() : `<h1 tabindex="-1"><a href="${slip}">${slip.split('/').at(-1)}</a></h1>`
}

async function showPage (answer) {
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  document.title = page.title
  document.querySelector('main').replaceWith(page.querySelector('main'))
  const start = document.querySelector('[data-errors]') ?? document.querySelector('main')
  start.focus()
  window.scrollTo(0, 0)
}

// The search box for the next visitor; on a phone, where it is folded away, what has just happened.
function focusNext () {
  const box = [...document.querySelectorAll('[data-find]')].find(one => one.checkVisibility())
  const next = box ?? document.querySelector('main h1')
  next?.focus()
}
