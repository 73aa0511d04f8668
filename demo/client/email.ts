import { hand } from './handed.ts'

// Properties first, the element's code second: what is set before the upgrade counts from its first request on.
const { settings } = hand(document.querySelector<HTMLElement>('[data-handed]')!)
settings.addEventListener('mgs-ready', () => { document.documentElement.dataset.ready = '' })
await import('/assets/element.js' as string)
