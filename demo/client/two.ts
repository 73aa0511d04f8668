import { hand } from './handed.ts'

for (const holder of document.querySelectorAll<HTMLElement>('[data-handed]')) {
  const { settings } = hand(holder)
  // Two regions of one page need two names.
  settings.messages = { gateways: `Mail gateways of ${settings.getAttribute('product-name')}` }
}
await import('/assets/element.js' as string)
