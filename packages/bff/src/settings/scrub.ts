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
  readonly pieces: ReadonlyMap<string, Edges>
}

const shortest = 4

/** A scrubber for these secrets. Secrets under four characters cannot be masked without garbling everything; only their longer encodings are. */
export const createScrubber = (secrets: readonly string[]): Scrubber => {
  const known = new Set<string>()
  const [foreign, words]: [Needles[], Needles[]] = [[], []]
  const conceal = (secret: string): void => {
    if (known.has(secret)) return
    known.add(secret)
    foreign.push(...collect(spellings(secret), () => true))
    words.push(...collect(spellings(secret), (piece) => /\P{L}/u.test(piece) || piece.length >= 12))
  }
  secrets.forEach(conceal)
  return { foreign: (text) => masked(text, foreign), words: (text) => masked(text, words), conceal }
}

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
    ...plain.map((text) => ({ text, piece: 8 })),
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

const collect = (all: readonly Spelling[], counts: (piece: string) => boolean): Needles[] => {
  const byLength = new Map<number, Map<string, Edges>>()
  for (const { text, piece, start = false, end = false } of all) {
    const length = Math.min(piece, text.length)
    if (length < shortest) continue
    const pieces = byLength.get(length) ?? new Map<string, Edges>()
    byLength.set(length, pieces)
    for (let at = 0; at + length <= text.length; at++) {
      const one = text.slice(at, at + length)
      if (counts(one)) pieces.set(one, { start: pieces.get(one)?.start || (start && at === 0), end: pieces.get(one)?.end || (end && at + length === text.length) })
    }
  }
  return [...byLength].map(([length, pieces]) => ({ length, pieces }))
}

const sextetBefore = (text: string, at: number): number => (/[\w+/-]/.test(text[at - 1] ?? '') ? 1 : 0)

/** One character that still carries bits of the secret, and the padding, which would tell its length. */
const restAfter = (text: string, at: number): number => /^[\w+/-]?={0,2}/.exec(text.slice(at, at + 3))![0].length

const masked = (text: string, needles: readonly Needles[]): string => {
  const hidden = new Uint8Array(text.length)
  for (const { length, pieces } of needles) {
    for (let at = 0; at + length <= text.length; at++) {
      const edges = pieces.get(text.slice(at, at + length))
      if (edges) hidden.fill(1, edges.start ? at - sextetBefore(text, at) : at, at + length + (edges.end ? restAfter(text, at + length) : 0))
    }
  }
  if (!hidden.includes(1)) return text
  return Array.from({ length: text.length }, (_, at) => (hidden[at] ? (hidden[at - 1] ? '' : mask) : text[at])).join('')
}
