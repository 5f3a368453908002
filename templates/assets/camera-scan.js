// Uses the camera as a scanner if the browser can read barcodes. Sends the result with the form of the scan field.
const button = document.querySelector('[data-camera]')
const view = document.querySelector('[data-camera-view]')
const video = view.querySelector('video')
const form = button.form
const usedFormats = ['code_128', 'qr_code', 'ean_13']
let formats = []
let stream
let sent = false

begin()

async function begin () {
  if (!('BarcodeDetector' in window) || navigator.mediaDevices?.getUserMedia === undefined) return
  const known = await window.BarcodeDetector.getSupportedFormats()
  if (!known.includes('code_128')) return
  formats = usedFormats.filter(format => known.includes(format))
  button.hidden = false
  button.addEventListener('click', open)
  view.addEventListener('close', stop)
  window.addEventListener('pagehide', stop)
  document.addEventListener('visibilitychange', () => { if (document.hidden) view.close() })
  // While several envelopes are received, the camera stays on from one to the next.
  if ('several' in form.dataset && sessionStorage.getItem('camera') === 'on') await open()
}

async function open () {
  view.querySelector('[data-refused]').hidden = true
  view.showModal()
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  } catch {
    view.querySelector('[data-refused]').hidden = false
    return
  }
  if (!view.open) return stop()
  video.srcObject = stream
  look(new window.BarcodeDetector({ formats }))
}

// Prefers the barcode in the window to a QR code. Ignores the last number, because its envelope may still be in view.
async function look (detector) {
  while (view.open) {
    const found = await detector.detect(video).catch(() => [])
    const fresh = found.filter(({ rawValue }) => rawValue !== '' && rawValue !== form.dataset.last)
    const read = fresh.find(({ format }) => format === 'code_128') ?? fresh[0]
    if (read !== undefined) return send(read.rawValue)
    await new Promise(resolve => setTimeout(resolve, 150))
  }
}

function send (text) {
  sent = true
  form.elements.number.value = text
  view.close()
  form.requestSubmit()
}

function stop () {
  for (const track of stream?.getTracks() ?? []) track.stop()
  stream = undefined
  video.srcObject = null
  if (sent && 'several' in form.dataset) sessionStorage.setItem('camera', 'on')
  else sessionStorage.removeItem('camera')
}
