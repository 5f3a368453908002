// Shows the progress of an export while the browser downloads it. The download works without this script.
const form = document.querySelector('[data-export]')

/** Polls the server until the export has ended or the server does not know it. */
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
    const progress = await fetch(`/delivery-records/export/progress/${ticket}`).then(answer => answer.ok ? answer.json() : { state: 'unknown' }, () => ({ state: 'unknown' }))
    if (progress.state === 'unknown' && ++tries > 10) {
      panel.hidden = true
      return
    }
    if (progress.state === 'unknown') continue
    tries = 0
    if (progress.of !== null) bar.value = progress.of === 0 ? 1 : progress.rows / progress.of
    if (progress.of !== null || progress.state !== 'running') say(form.dataset[progress.state], progress)
    if (progress.state !== 'running') return
  }
}

form?.addEventListener('formdata', ({ formData }) => {
  const ticket = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString().slice(2)}`
  formData.set('ticket', ticket)
  follow(ticket)
})
