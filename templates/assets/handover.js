// Fewer taps at a handover: a document from here leads to its date, one from elsewhere to its country and then the
// date. Only for taps: whoever goes through the choices by keys stays among them.
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
    // A browser that does not open it by itself: it has the focus, one tap more opens it.
  }
}
