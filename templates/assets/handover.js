// Saves taps at a handover: after a domestic document the date gets the focus, after a foreign one the country and then
// the date. With the keyboard, the focus stays, because arrow keys move through the choices.
const form = document.querySelector('[data-hand-over]')
let tapped = false
document.addEventListener('pointerdown', () => { tapped = true }, { capture: true })
document.addEventListener('keydown', () => { tapped = false }, { capture: true })

form?.addEventListener('change', ({ target }) => {
  const country = form.querySelector('[data-country]')
  if (!tapped) return
  if (target.dataset.then === 'country') openChoices(country)
  else if (target === country || target.dataset.then === 'date') form.querySelector('[data-date]').focus()
})

function openChoices (select) {
  select.focus()
  try {
    select.showPicker()
  } catch {
    // The browser cannot open the list by script. It has the focus, so one more tap opens it.
  }
}
