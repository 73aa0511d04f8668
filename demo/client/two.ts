import { hand } from './handed.ts'

for (const holder of document.querySelectorAll<HTMLElement>('[data-handed]')) hand(holder)
await import('/assets/element.js' as string)
