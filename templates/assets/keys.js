// `/` goes to the search box: the page's own if it has one, else the header's.
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input:not([type="radio"], [type="checkbox"]), select, textarea')) return
  const box = searchBox()
  if (box === undefined) return
  event.preventDefault()
  box.focus()
  box.select()
})

// A form that was not accepted opens at its summary of errors; at a desk, any other where the work begins.
const errors = document.querySelector('[data-errors]')
if (errors !== null) errors.focus()
else if (window.matchMedia('(pointer: fine)').matches) document.querySelector('[data-start]:checked')?.focus({ preventScroll: true })

// The square on a slip holds its code, which never goes into an address: wiped before anything is asked for it.
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
