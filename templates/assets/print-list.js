// A list opens in the print dialog: at the press of a link [data-print-list], and at once where it is [data-print-now].
// Without this script, and where the browser shows no PDF, the link leads to the list itself.
const { isPdf, printPaper, say } = await import(`./print-paper.js${new URL(import.meta.url).search}`)

document.addEventListener('click', event => {
  const link = event.target.closest('[data-print-list]')
  if (link === null || !showsPdf() || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  printList(link)
})

const freshList = document.querySelector('[data-print-now]')
if (freshList !== null && showsPdf()) {
  // A reload prints nothing.
  history.replaceState(null, '', location.pathname)
  printList(freshList)
}

function showsPdf () {
  return navigator.pdfViewerEnabled !== false
}

async function printList (link) {
  say(link.dataset.printing)
  const answer = await fetch(link.href).catch(() => undefined)
  if (answer !== undefined && isPdf(answer)) printPaper(await answer.blob(), () => { link.focus() })
  else location.assign(link.href)
}
