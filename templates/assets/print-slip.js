// Opens the issued slip in the print dialog and prepares the page for the next visitor.
// Without this script the form still works, and the browser shows the PDF.
// The form is [data-print-slip]. It contains the notices [data-lost], if there was no response, and [data-signed-out].
const { announce, isPdf, printPdf } = await import(`./print-pdf.js${new URL(import.meta.url).search}`)

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
    const answer = await post(form)
    if (isPdf(answer)) await showIssued(answer)
    else if (leadsToSignIn(answer)) showNotice(form.querySelector('[data-signed-out]'))
    else if (answer.redirected) location.assign(answer.url)
    else if (answer.status < 500) await showPage(answer)
    else throw new Error(answer.statusText)
  } catch {
    showNotice(form.querySelector('[data-lost]'))
  } finally {
    setBusy(form, false)
  }
}

async function post (form) {
  return await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) })
}

function leadsToSignIn (answer) {
  return answer.redirected && new URL(answer.url).pathname === '/sign-in'
}

function showNotice (notice) {
  notice.hidden = false
  notice.firstElementChild.focus()
}

function setBusy (form, busy) {
  form.setAttribute('aria-busy', String(busy))
  if (busy) announce(form.dataset.sending)
}

async function showIssued (answer) {
  const slip = new URL(answer.headers.get('location'), location.href).pathname
  printPdf(await answer.blob(), focusNext)
  history.replaceState(null, '', slip)
  document.querySelector('main').innerHTML = await issuedPanel(slip)
  const title = document.querySelector('main h1').textContent.trim().replace(/\s+/g, ' ')
  document.title = title
  announce(title)
  focusNext()
}

// The slip is already printed. If the panel cannot be loaded, a link to the slip replaces it.
async function issuedPanel (slip) {
  const panel = await fetch(`${slip}/issued`).catch(() => undefined)
  return panel?.ok ? await panel.text() : `<h1 tabindex="-1"><a href="${slip}">${slip.split('/').at(-1)}</a></h1>`
}

async function showPage (answer) {
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  document.title = page.title
  document.querySelector('main').replaceWith(page.querySelector('main'))
  // Someone else may be signed in now, or the same person at another service point.
  document.querySelector('header').replaceWith(page.querySelector('header'))
  const start = document.querySelector('[data-errors]') ?? document.querySelector('main')
  start.focus()
  window.scrollTo(0, 0)
}

// Focuses the search box for the next visitor. On a phone, where the box is collapsed, focuses the heading.
function focusNext () {
  const box = [...document.querySelectorAll('[data-find]')].find(one => one.checkVisibility())
  const next = box ?? document.querySelector('main h1')
  next?.focus()
}
