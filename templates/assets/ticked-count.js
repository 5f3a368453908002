// Shows the number of ticked boxes on the button of a form [data-ticked].
for (const form of document.querySelectorAll('[data-ticked]')) {
  const label = form.querySelector('[data-label-none]')
  const count = () => {
    const ticked = form.querySelectorAll('[name="numbers"]:checked').length
    label.textContent = ticked === 1 ? label.dataset.labelOne : label.dataset.labelNone.replace('0', String(ticked))
  }
  form.addEventListener('change', count)
  count()
}
