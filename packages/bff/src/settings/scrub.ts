/** Stands where a secret was. */
export const mask = '•••'

/**
 * Takes secrets out of text by their value, in whatever form they appear: as typed, base64 and base64url at every
 * alignment (so also inside AUTH PLAIN and LOGIN), hex, percent-encoded, JSON-escaped, and any piece of eight characters.
 */
export interface Scrubber {
  /** Text that came from outside: server replies, evidence, addresses. */
  foreign(text: string): string
  /**
   * Our own sentences: the same, except that pieces made of letters alone stay unless they are long. A password that
   * contains the word "password" must not blank that word out of every explanation, which would also betray it.
   */
  words(text: string): string
  /** One more secret, learnt on the way. */
  conceal(secret: string): void
}

/** Where a base64 character beside a piece carries bits of the secret and of its neighbour. */
interface Edges {
  readonly start: boolean
  readonly end: boolean
}

/** Pieces of one length that give a secret away. */
interface Needles {
  readonly length: number
  /** What they are pieces of, where not every one is kept. */
  readonly whole: string[]
  readonly pieces: Map<string, Edges>
}

const shortest = 4

/** A scrubber for these secrets. Secrets under four characters cannot be masked without garbling everything; only their longer encodings are. */
export const createScrubber = (secrets: readonly string[]): Scrubber => {
  const known = new Set<string>()
  const needles: Needles[] = []
  const conceal = (secret: string): void => {
    if (known.has(secret)) return
    known.add(secret)
    needles.push(...collect(spellings(secret)))
  }
  secrets.forEach(conceal)
  return { foreign: (text) => masked(text, needles, () => true), words: (text) => masked(text, needles, isTelling), conceal }
}

const isTelling = (piece: string): boolean => /\P{L}/u.test(piece) || piece.length >= 12

/** One spelling of a secret, and how long a piece of it must be to count as a leak. */
interface Spelling extends Partial<Edges> {
  readonly text: string
  readonly piece: number
}

const spellings = (secret: string): Spelling[] => {
  const bytes = new TextEncoder().encode(secret)
  const plain = [secret, JSON.stringify(secret).slice(1, -1), percent(secret), percent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), percent(secret).replaceAll('%20', '+')]
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [
    ...[...new Set(plain)].map((text) => ({ text, piece: 8 })),
    ...alignments(bytes).flatMap((one) => [one, { ...one, text: one.text.replaceAll('+', '-').replaceAll('/', '_') }]),
    ...[hex, hex.toUpperCase()].map((text) => ({ text, piece: 16 })),
  ]
}

// A lone surrogate cannot be percent-encoded; such a secret has no percent form to look for.
const percent = (text: string): string => encodeURIComponent(text.toWellFormed())

/** The base64 characters that depend on the secret alone, for each of the three places it can start at in a longer text. */
const alignments = (bytes: Uint8Array): Spelling[] => [0, 1, 2].map((before) => {
  const padded = new Uint8Array(before + bytes.length)
  padded.set(bytes, before)
  const text = btoa(Array.from(padded, (byte) => String.fromCharCode(byte)).join('')).replace(/=+$/, '')
  const shared = padded.length % 3 === 0 ? 0 : 1
  return { text: text.slice([0, 2, 3][before], text.length - shared), piece: 12, start: before > 0, end: shared > 0 }
})

/** Pieces of one spelling that are kept: a secret of thousands of characters must not cost seconds and hundreds of megabytes (threat T55). */
const most = 2_048

const collect = (all: readonly Spelling[]): Needles[] => {
  const byLength = new Map<number, Needles>()
  for (const { text, piece, start = false, end = false } of all) {
    const length = Math.min(piece, text.length)
    if (length < shortest) continue
    const [last, step] = [text.length - length, Math.ceil(text.length / most)]
    const needles: Needles = byLength.get(length) ?? { length, whole: [], pieces: new Map() }
    const { whole, pieces } = needles
    byLength.set(length, needles)
    if (step > 1) whole.push(text)
    for (let next = 0; next < last + step; next += step) {
      const at = Math.min(next, last)
      const one = text.slice(at, at + length)
      const known = pieces.get(one)
      pieces.set(one, { start: known?.start || (start && at === 0), end: known?.end || (end && at === last) })
    }
  }
  return [...byLength.values()]
}

const sextetBefore = (text: string, at: number): number => (/[\w+/-]/.test(text[at - 1] ?? '') ? 1 : 0)

/** One character that still carries bits of the secret, and the padding, which would tell its length. */
const restAfter = (text: string, at: number): number => /^[\w+/-]?={0,2}/.exec(text.slice(at, at + 3))![0].length

/** As much of the text around a piece as is still part of what it is a piece of. */
const grown = (text: string, from: number, to: number, whole: readonly string[]): [from: number, to: number] => {
  const holds = (a: number, b: number) => whole.some((one) => one.includes(text.slice(a, b)))
  while (from > 0 && holds(from - 1, to)) from -= 1
  while (to < text.length && holds(from, to + 1)) to += 1
  return [from, to]
}

const masked = (text: string, needles: readonly Needles[], counts: (piece: string) => boolean): string => {
  const hidden = new Uint8Array(text.length)
  for (const { length, whole, pieces } of needles) {
    for (let at = 0; at + length <= text.length; at++) {
      const piece = text.slice(at, at + length)
      const edges = pieces.get(piece)
      if (!edges || !counts(piece)) continue
      hidden.fill(1, edges.start ? at - sextetBefore(text, at) : at, at + length + (edges.end ? restAfter(text, at + length) : 0))
      if (!whole.length) continue
      const [from, to] = grown(text, at, at + length, whole)
      hidden.fill(1, from, to)
      at = Math.max(at, to - length - 1)
    }
  }
  if (!hidden.includes(1)) return text
  return Array.from({ length: text.length }, (_, at) => (hidden[at] ? (hidden[at - 1] ? '' : mask) : text[at])).join('')
}
