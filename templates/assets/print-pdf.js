// Shared by the scripts that print. Each imports it with its own version, the query string of its URL.

export function isPdf (answer) {
  return answer.ok && answer.headers.get('content-type')?.startsWith('application/pdf')
}

// Screen readers announce the text. The element is outside main, because the content of main can be replaced.
export function announce (text) {
  document.querySelector('[data-said]').textContent = text
}

// Prints a PDF from a hidden frame. The PDF is only in memory, and the next one replaces it. If the browser does not let
// a script open the print dialog, the frame becomes visible, because the PDF viewer has a print button.
export function printPdf (pdf, onLoad = () => {}) {
  removeFrame()
  const frame = document.createElement('iframe')
  frame.id = 'paper'
  frame.className = 'paper'
  frame.tabIndex = -1
  frame.ariaHidden = 'true'
  frame.src = URL.createObjectURL(pdf)
  frame.addEventListener('load', () => {
    try {
      frame.contentWindow.focus()
      frame.contentWindow.print()
    } catch {
      frame.className = 'paper shown'
      frame.removeAttribute('aria-hidden')
    }
    onLoad()
  }, { once: true })
  document.body.append(frame)
}

function removeFrame () {
  const frame = document.querySelector('#paper')
  if (frame === null) return
  URL.revokeObjectURL(frame.src)
  frame.remove()
}
