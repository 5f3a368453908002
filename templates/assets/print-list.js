// Opens a list in the print dialog: on a click on a link [data-print-list], or when a page with [data-print-now] opens.
// Without this script, or if the browser shows no PDF, the link opens the list.
const { announce, isPdf, printPdf } = await import(`./print-pdf.js${new URL(import.meta.url).search}`)

document.addEventListener('click', event => {
  const link = event.target.closest('[data-print-list]')
  if (link === null || !showsPdf() || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  printList(link)
})

const freshList = document.querySelector('[data-print-now]')
if (freshList !== null && showsPdf()) {
  // Without the query string, a reload does not print again.
  history.replaceState(null, '', location.pathname)
  printList(freshList)
}

function showsPdf () {
  return navigator.pdfViewerEnabled !== false
}

async function printList (link) {
  announce(link.dataset.printing)
  const answer = await fetch(link.href).catch(() => undefined)
  if (answer !== undefined && isPdf(answer)) printPdf(await answer.blob(), () => { link.focus() })
  else location.assign(link.href)
}
