/** Names of errors and abbreviations: EAI_AGAIN, MSAL, TLS. */
const names = /[A-Z]{2}/
/** What engineers say to each other of repeating, of numbers and of what a program holds. */
const jargon = /back-?off|retry|\bn\/a\b|\bclaims?\b|\btokens?\b|\bcach|first digit|\busers?\b|\b[45](?:xx|\d\d)\b|\d ?s\b|\bundefined\b/i

/** Whether a text answers "Try again?" for somebody who has never seen an error code. A second sentence makes both end with a full stop. */
export const isPlainAnswer = (text: string): boolean =>
  /^(Yes|No|Perhaps)(?:, |\. [A-Z]|$)/.test(text) && !names.test(text) && !jargon.test(text) && text.includes('. ') === text.endsWith('.')
