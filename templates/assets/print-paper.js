// What the scripts that print share; each imports it in its own version, which stands behind the `?` of its address.

export function isPdf (answer) {
  return answer.ok && answer.headers.get('content-type')?.startsWith('application/pdf')
}

// Read out by screen readers; outside main, so that it outlives what is in it.
export function say (sentence) {
  document.querySelector('[data-said]').textContent = sentence
}

// The paper lives in memory only: an unseen frame shows it to the print dialog, and the next paper takes its place.
// Where a browser does not let its print dialog be called, the frame is shown: its own print button is there.
export function printPaper (paper, then = () => {}) {
  forgetPaper()
  const frame = document.createElement('iframe')
  frame.id = 'paper'
  frame.className = 'paper'
  frame.tabIndex = -1
  frame.ariaHidden = 'true'
  frame.src = URL.createObjectURL(paper)
  frame.addEventListener('load', () => {
    try {
      frame.contentWindow.focus()
      frame.contentWindow.print()
    } catch {
      frame.className = 'paper shown'
      frame.removeAttribute('aria-hidden')
    }
    then()
  }, { once: true })
  document.body.append(frame)
}

function forgetPaper () {
  const frame = document.querySelector('#paper')
  if (frame === null) return
  URL.revokeObjectURL(frame.src)
  frame.remove()
}
