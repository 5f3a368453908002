// Moves the focus to the scan field [data-scan] when a scanner types. Another text field that has the focus keeps it.
const field = document.querySelector('[data-scan]')
const takesText = 'input:not([type="radio"], [type="checkbox"]), select, textarea'

// On a touch screen, the keyboard opens only when the user touches the field.
if (window.matchMedia('(pointer: coarse)').matches && field.matches('input')) {
  field.inputMode = 'none'
  field.addEventListener('pointerdown', () => { field.inputMode = 'text' })
  field.addEventListener('blur', () => { field.inputMode = 'none' })
}

// After a tap or click the focus returns to the field. Keyboard navigation does not move it.
document.addEventListener('click', event => {
  if (event.detail > 0 && !event.target.closest('dialog')) returnFocus()
})

document.addEventListener('keydown', event => {
  const types = /^[\p{L}\p{N}]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey
  if (types) returnFocus()
}, { capture: true })

function returnFocus () {
  if (!document.activeElement.matches(takesText) && document.querySelector('dialog[open]') === null) field.focus({ preventScroll: true })
}

// Screen readers announce the notice, although the focus is in the field.
const notice = document.querySelector('main > .notice')
if (notice !== null) document.querySelector('[data-said]').textContent = notice.textContent.trim()
