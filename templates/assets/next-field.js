// In a form [data-enter-goes-on], Enter moves to the next scan field, and from the last one to the button, because a
// scanner sends Enter after each number. Without this script, Enter submits the form.
document.addEventListener('keydown', event => {
  const form = event.target.closest('[data-enter-goes-on]')
  if (event.key !== 'Enter' || form === null || !event.target.matches('input')) return
  event.preventDefault()
  const stops = [...form.querySelectorAll('[data-scan], button')]
  const next = stops.find(stop => event.target.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING)
  next?.focus()
  if (next?.matches('input')) next.select()
})
