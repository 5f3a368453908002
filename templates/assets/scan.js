// The scan field takes what a scanner types, wherever one is on the page: [data-scan]. A text field that somebody
// is filling in keeps the focus, and what is typed.
const field = document.querySelector('[data-scan]')
const takesText = 'input:not([type="radio"], [type="checkbox"]), select, textarea'

// A touched screen brings up its keyboard only when the field itself is touched.
if (window.matchMedia('(pointer: coarse)').matches && field.matches('input')) {
  field.inputMode = 'none'
  field.addEventListener('pointerdown', () => { field.inputMode = 'text' })
  field.addEventListener('blur', () => { field.inputMode = 'none' })
}

// After a tap the focus comes back; keys, and those who go by them, stay where they are.
document.addEventListener('click', event => {
  if (event.detail > 0 && !event.target.closest('dialog')) comeBack()
})

document.addEventListener('keydown', event => {
  const types = /^[\p{L}\p{N}]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey
  if (types) comeBack()
}, { capture: true })

function comeBack () {
  if (!document.activeElement.matches(takesText) && document.querySelector('dialog[open]') === null) field.focus({ preventScroll: true })
}

// What has just happened is read out by screen readers too, though the focus is in the field.
const notice = document.querySelector('main > .notice')
if (notice !== null) document.querySelector('[data-said]').textContent = notice.textContent.trim()
