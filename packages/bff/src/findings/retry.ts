import type { Retry } from '@mail-gateway/contract'
import type { CatalogueRetry } from './catalogue.ts'

/** Whether pressing the button again can help, in words. */
export const retries = {
  change: { class: 'after-change', text: 'No, it fails the same way until something is changed' },
  once: { class: 'once', text: 'Yes, once' },
  wait: { class: 'wait', text: 'Yes, in a few minutes', seconds: 300 },
  later: { class: 'depends', text: 'No, a later row decides' },
  look: { class: 'depends', text: 'Look in the inbox first: it may have arrived' },
} as const satisfies Record<string, Retry>

/** A catalogue entry's advice as a sentence: "no: fails …" becomes "No, it fails …". */
export const retryOf = ({ class: kind, text, waitSeconds }: CatalogueRetry): Retry => {
  if (kind === 'after-change' && text.startsWith('no: fails')) return retries.change
  const sentence = text.replace(/^(yes|no): /, (_, word: string) => `${word}, `)
  return { class: kind, text: sentence.charAt(0).toUpperCase() + sentence.slice(1), ...(waitSeconds?.[0] && { seconds: waitSeconds[0] }) }
}
