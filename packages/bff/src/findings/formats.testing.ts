import type { CatalogueEntry, Match } from './catalogue.ts'

/** One character of a word, changed: the last letter or digit. */
const slip = (word: string): string => word.replace(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/, (last) => (last === '7' || last === 'q' || last === 'Q' ? 'x' : /\d/.test(last) ? '7' : /[a-z]/.test(last) ? 'q' : 'Q'))

/** The same failure with every occurrence of one word changed by one character; none where the word does not occur. */
const without = (raw: unknown, word: string, instead = slip(word)): unknown[] => {
  const text = JSON.stringify(raw)
  // A word in quotation marks stands for a whole value.
  const [old, other] = [word, instead].map((one) => (one.startsWith('"') ? one : JSON.stringify(one).slice(1, -1))) as [string, string]
  const found = new RegExp(old.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
  return found.test(text) ? [JSON.parse(text.replace(found, other))] : []
}

const numberWithout = (number: number): number => (number % 10 === 7 ? number + 1 : number - (number % 10) + 7)

const aadstsIn = (raw: unknown, numbers: readonly number[]): unknown[] => numbers.filter((number) => JSON.stringify(raw).includes(String(number))).flatMap((number) => {
  // A neighbour may mean the same; a number nobody has listed cannot.
  const other = numbers.includes(numberWithout(number)) ? 9_999_999 : numberWithout(number)
  return without(raw, String(number), String(other))
})

const replyOf = (raw: unknown): string => (typeof raw === 'string' ? raw : (raw as { response?: string }).response ?? '')

const smtpIn = (raw: unknown, { enhanced, text, code }: NonNullable<Match['smtp']>): unknown[] => {
  const reply = replyOf(raw)
  const number = reply.slice(0, 3)
  const changed = (one: string) => (typeof raw === 'string' ? one : { ...(raw as object), response: one })
  return [
    ...(code.includes(Number(number)) ? [changed(reply.replaceAll(new RegExp(`(^|\\n)${number}`, 'g'), `$17${number.slice(1)}`))] : []),
    ...(enhanced ?? []).filter((one): one is string => one !== null && reply.includes(one)).map((one) => changed(reply.replaceAll(one, one.replace(/\.(\d+)\./, (_, middle: string) => `.${Number(middle) + 1}.`)))),
    ...(text ?? []).length === 1 ? without(reply, text![0]!).map((one) => changed(one as string)) : [],
  ]
}

/** A failure altered by one character in what its entry recognises it by, in every way there is. */
export const altered = (raw: unknown, { match }: CatalogueEntry): unknown[] => {
  if (match.aadsts) return aadstsIn(raw, match.aadsts)
  if (match.smtp) return smtpIn(raw, match.smtp)
  if (match.node) return (match.node.originalCode?.flatMap((word) => without(raw, word)) ?? []).concat(match.node.text?.flatMap((word) => ('originalCode' in (raw as object) ? [] : without(raw, word))) ?? [])
  if (match.graph) return [...(match.graph.code ?? []).flatMap((word) => (word ? without(raw, `"${word}"`, `"${slip(word)}"`) : [])), ...(match.graph.textRequired ? textsIn(raw, match.graph.text ?? []) : [])]
  if (match.imap) return textsIn(raw, match.imap.text)
  if (match.google) return [...(match.google.error ?? []).flatMap((word) => without(raw, word)), ...textsIn(raw, match.google.error ? [] : match.google.text ?? [])]
  return (match.oauthError ?? []).flatMap((word) => without(raw, word))
}

/** All of an entry's sentences that occur, altered at once: any one of them is enough to recognise it. */
const textsIn = (raw: unknown, texts: readonly string[]): unknown[] => {
  const other = texts.reduce<unknown>((changed, text) => without(changed, text)[0] ?? changed, raw)
  return JSON.stringify(other) === JSON.stringify(raw) ? [] : [other]
}
