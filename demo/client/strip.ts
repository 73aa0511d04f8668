import { copyButtons } from './copy.ts'

/** The demo's controls: copy a value, fold them away, show how much mail has come. */

copyButtons()

const fold = document.querySelector<HTMLButtonElement>('.fold')!
const body = document.querySelector<HTMLElement>('#demo-body')!

const show = (open: boolean): void => {
  fold.setAttribute('aria-expanded', String(open))
  body.hidden = !open
}

// On a phone the controls would push the product out of sight, so they begin folded there.
const remembered = localStorage.getItem('demo-controls')
show(remembered !== null ? remembered === 'open' : matchMedia('(min-width: 48rem)').matches)
fold.addEventListener('click', () => {
  show(Boolean(body.hidden))
  localStorage.setItem('demo-controls', body.hidden ? 'folded' : 'open')
})

const count = document.querySelector<HTMLElement>('[data-inbox-count]')!
const recount = async (): Promise<void> => {
  if (document.hidden) return
  const answer = await fetch('/inbox.json').catch(() => undefined)
  if (answer?.ok) count.textContent = String((await answer.json() as unknown[]).length)
}
setInterval(() => { void recount() }, 3000)
