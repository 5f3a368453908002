// Tells how far an export has come, while the browser downloads it: without this script it downloads all the same.
const form = document.querySelector('[data-take-away]')

/** Asks the server until the export is over, or is known to nobody. */
async function follow (ticket) {
  const panel = form.querySelector('[data-progress]')
  const [bar, words] = [panel.querySelector('progress'), panel.querySelector('[role="status"]')]
  const number = new Intl.NumberFormat(form.dataset.locale)
  const say = (text, { rows, of }) => { words.textContent = text.replace('{rows}', number.format(rows)).replace('{of}', number.format(of ?? rows)) }
  panel.hidden = false
  bar.removeAttribute('value')
  words.textContent = form.dataset.starting
  for (let tries = 0; ;) {
    await new Promise(resolve => setTimeout(resolve, 500))
    const told = await fetch(`/delivery-records/export/progress/${ticket}`).then(answer => answer.ok ? answer.json() : { state: 'unknown' }, () => ({ state: 'unknown' }))
    if (told.state === 'unknown' && ++tries > 10) {
      panel.hidden = true
      return
    }
    if (told.state === 'unknown') continue
    tries = 0
    if (told.of !== null) bar.value = told.of === 0 ? 1 : told.rows / told.of
    if (told.of !== null || told.state !== 'running') say(form.dataset[told.state], told)
    if (told.state !== 'running') return
  }
}

form?.addEventListener('formdata', ({ formData }) => {
  const ticket = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString().slice(2)}`
  formData.set('ticket', ticket)
  follow(ticket)
})
