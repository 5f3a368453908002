// The activation page. Without this script, the page works and the code must be typed.
const code = document.querySelector('#code')
const passwords = [...document.querySelectorAll('[type="password"]')]

// The URL in the QR code has the code as its fragment, which browsers do not send. Moves it from the URL to the field.
takeCode()
window.addEventListener('hashchange', takeCode)

function takeCode () {
  const fragment = location.hash.slice(1)
  if (fragment === '' || document.getElementById(fragment) !== null) return
  history.replaceState(null, '', location.pathname + location.search)
  if (fragment.replaceAll(/[^0-9a-z]/gi, '').length !== 15) return
  code.value = fragment.slice(0, 30)
  document.querySelector('[data-code-read]').hidden = false
}

// The user can show the password, to avoid typing errors.
const show = document.querySelector('[data-show-passwords]')
show.hidden = false
show.addEventListener('change', event => {
  for (const password of passwords) password.type = event.target.checked ? 'text' : 'password'
})

// Advice on the length, counted as the server does. Shown when the user stops typing.
const advice = document.querySelector('[data-length]')
let pause
passwords[0].addEventListener('input', event => {
  clearTimeout(pause)
  pause = setTimeout(() => {
    const length = [...event.target.value.normalize('NFC')].length
    const isEnough = length >= Number(advice.dataset.length)
    advice.hidden = length === 0
    advice.classList.toggle('enough', isEnough)
    advice.textContent = (isEnough ? advice.dataset.enough : advice.dataset.short).replace('#', length)
  }, 300)
})
