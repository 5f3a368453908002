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

// An activation code must not get into a URL. Clears it in every field that is sent in one, before anything is sent.
const { containsActivationCode } = await import(`/assets/shared/typed-symbols.js${new URL(import.meta.url).search}`)

document.addEventListener('input', ({ target }) => { clearCode(target) }, { capture: true })
document.addEventListener('submit', event => {
  // All fields are cleared, not only the first one with a code.
  const cleared = [...event.target.elements].filter(clearCode)
  if (cleared.length === 0) return
  event.preventDefault()
  event.stopImmediatePropagation()
}, { capture: true })

// Returns whether the field held a code. For a moment the field is invalid, so that the Enter of a scanner sends nothing.
function clearCode (field) {
  if (!field.matches('input:not([type="hidden"])') || field.form?.method !== 'get' || !containsActivationCode(field.value)) return false
  field.value = ''
  field.setCustomValidity(document.body.dataset.codeWiped)
  field.reportValidity()
  setTimeout(() => { field.setCustomValidity('') }, 2000)
  return true
}

function searchBox () {
  const boxes = [...document.querySelectorAll('main input[type="search"], [data-find]')]
  return boxes.find(box => box.checkVisibility())
}
