/** One way a secret can be spelt: the text, and how long a piece of it is as telling as eight bytes of the secret. */
interface Spelling {
  readonly form: string
  readonly text: string
  readonly piece: number
}

/** Characters of base64 that depend on the secret alone, when `before` bytes of something else stand in front of it. */
const base64At = (secret: Buffer, before: number): string => {
  const text = Buffer.concat([Buffer.alloc(before), secret]).toString('base64')
  const whole = Math.floor((before + secret.length) / 3) * 4
  return text.slice(before ? 4 : 0, whole)
}

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_')

const spellings = (secret: string): readonly Spelling[] => {
  const bytes = Buffer.from(secret)
  const url = encodeURIComponent(secret)
  const base64 = [0, 1, 2].map((before) => base64At(bytes, before))
  const escaped = JSON.stringify(secret).slice(1, -1)
  return [
    { form: 'plain', text: secret, piece: 8 },
    ...base64.map((text, before) => ({ form: `base64 after ${before}`, text, piece: 11 })),
    ...base64.map((text, before) => ({ form: `base64url after ${before}`, text: urlSafe(text), piece: 11 })),
    { form: 'hex', text: bytes.toString('hex'), piece: 16 },
    { form: 'HEX', text: bytes.toString('hex').toUpperCase(), piece: 16 },
    { form: 'URL', text: url, piece: 12 },
    { form: 'url', text: url.replace(/%../g, (code) => code.toLowerCase()), piece: 12 },
    { form: 'JSON', text: escaped, piece: 8 },
    { form: 'JSON, ASCII', text: escaped.replace(/[^ -~]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`), piece: 10 },
    { form: 'HTML', text: secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'), piece: 10 },
  ]
}

/** Looks for a secret in bytes: in every spelling, whole or any eight bytes of it. */
export class Canary {
  readonly secret: string
  readonly #needles: ReadonlyMap<string, string>
  /** Bytes searched so far. */
  searched = 0

  constructor(secret: string) {
    this.secret = secret
    this.#needles = new Map(spellings(secret).flatMap(({ form, text, piece }) =>
      Array.from({ length: Math.max(1, text.length - piece + 1) }, (_, at) => [Buffer.from(text.slice(at, at + piece)).toString('latin1'), form] as const)))
  }

  /** Every form in which the secret can be written; for planting. */
  get forms(): readonly Spelling[] { return spellings(this.secret) }

  /** Every piece that is as telling as eight bytes of the secret, as the characters of its bytes, with its form. */
  get pieces(): ReadonlyMap<string, string> { return this.#needles }

  /** Forms found in the bytes, and around what. Empty where there is nothing. */
  in(bytes: Buffer | string): readonly string[] {
    const text = (typeof bytes === 'string' ? Buffer.from(bytes) : bytes).toString('latin1')
    this.searched += text.length
    return [...this.#needles].filter(([needle]) => text.includes(needle))
      .map(([needle, form]) => `${form}: ${text.slice(Math.max(0, text.indexOf(needle) - 60), text.indexOf(needle) + 60)}`)
  }
}
