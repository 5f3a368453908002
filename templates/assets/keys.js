// `/` moves to the search box of the page, or of the header if the page has none.
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input:not([type="radio"], [type="checkbox"]), select, textarea')) return
  const box = searchBox()
  if (box === undefined) return
  event.preventDefault()
  box.focus()
  box.select()
})

// A page with errors opens at the error summary. On a desktop, any other page opens at its first control.
const errors = document.querySelector('[data-errors]')
if (errors !== null) errors.focus()
else if (window.matchMedia('(pointer: fine)').matches) document.querySelector('[data-start]:checked')?.focus({ preventScroll: true })

// The QR code of a slip contains the activation code, which must not get into a URL. Clears it before the search.
const printedCode = /[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}|#[2-9A-HJKMNP-Z]{15}/i
document.addEventListener('input', event => {
  const box = event.target
  if (box.type !== 'search') return
  const holdsCode = printedCode.test(box.value)
  if (holdsCode) box.value = ''
  box.setCustomValidity(holdsCode ? document.body.dataset.codeWiped : '')
  if (holdsCode) box.reportValidity()
}, { capture: true })

function searchBox () {
  const boxes = [...document.querySelectorAll('main input[type="search"], [data-find]')]
  return boxes.find(box => box.checkVisibility())
}
