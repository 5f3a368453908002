// The activation page. Without this script the code is typed, and nothing is missing but comfort.
const code = document.querySelector('#code')
const passwords = [...document.querySelectorAll('[type="password"]')]

// The square on the slip brings the code behind the `#`, which no browser sends on. It goes into its field and out of the address at once.
takeCode()
window.addEventListener('hashchange', takeCode)

function takeCode () {
  const brought = location.hash.slice(1)
  if (brought === '' || document.getElementById(brought) !== null) return
  history.replaceState(null, '', location.pathname + location.search)
  if (brought.replaceAll(/[^0-9a-z]/gi, '').length !== 15) return
  code.value = brought.slice(0, 30)
  document.querySelector('[data-code-read]').hidden = false
}

// Whoever cannot see what is typed mistypes it.
const show = document.querySelector('[data-show-passwords]')
show.hidden = false
show.addEventListener('change', event => {
  for (const password of passwords) password.type = event.target.checked ? 'text' : 'password'
})

// Advice on length, counted as the server counts; said when the typing pauses.
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
