// Updates the progress of a check or an import, and opens its result. Without this script, the page is reloaded by hand.
const panel = document.querySelector('[data-import-progress]')
const INTERVAL_MS = 1000

async function follow () {
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, INTERVAL_MS))
    const progress = await fetch('/accounts/import/progress').then(answer => answer.ok && !answer.redirected ? answer.json() : { isRunning: false }, () => undefined)
    if (progress === undefined) continue
    if (!progress.isRunning) return location.replace('/accounts/import')
    const bar = panel.querySelector('progress')
    if (progress.of > 0) {
      bar.max = progress.of
      bar.value = progress.rows
    }
    panel.querySelector('[role="status"]').textContent = progress.text
  }
}

if (panel !== null) follow()
