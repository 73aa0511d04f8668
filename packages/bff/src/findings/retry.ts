import type { Retry } from '@mail-gateway/contract'
import type { CatalogueRetry } from './catalogue.ts'
import { answers, soon, unchanged } from './retry-words.ts'

/** Whether pressing the button again can help, in words. */
export const retries = {
  change: { class: 'after-change', text: unchanged },
  once: { class: 'once', text: 'Yes, once' },
  wait: { class: 'wait', text: soon, seconds: 300 },
  later: { class: 'depends', text: 'No, a later row decides' },
  look: { class: 'depends', text: 'Perhaps. Look in the inbox first: it may have arrived.' },
} as const satisfies Record<string, Retry>

/** A catalogue entry's advice as the answer to "Try again?": in our words where the catalogue's speak to engineers. */
export const retryOf = ({ class: kind, text, waitSeconds }: CatalogueRetry): Retry => ({
  class: kind, text: answers[text] ?? text.replace('yes: ', 'Yes, '), ...(waitSeconds?.[0] && { seconds: waitSeconds[0] }),
})
