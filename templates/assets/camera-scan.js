// The camera as a scanner, where the browser reads barcodes. What it reads goes the way of the scan field.
const button = document.querySelector('[data-camera]')
const view = document.querySelector('[data-camera-view]')
const video = view.querySelector('video')
const form = button.form
const wanted = ['code_128', 'qr_code', 'ean_13']
let formats = []
let stream
let sent = false

begin()

async function begin () {
  if (!('BarcodeDetector' in window) || navigator.mediaDevices?.getUserMedia === undefined) return
  const known = await window.BarcodeDetector.getSupportedFormats()
  if (!known.includes('code_128')) return
  formats = wanted.filter(format => known.includes(format))
  button.hidden = false
  button.addEventListener('click', open)
  view.addEventListener('close', stop)
  window.addEventListener('pagehide', stop)
  document.addEventListener('visibilitychange', () => { if (document.hidden) view.close() })
  // In a row of receiving the camera stays on from one envelope to the next.
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

// The barcode in the window before any square; the envelope that was read last may still lie before the camera.
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
