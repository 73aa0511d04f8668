import type { FieldView } from '@mail-gateway/contract'
import { choice, select, toggle } from './choice.ts'
import type { Kind } from './control.ts'
import { secret } from './secret.ts'
import { date, email, host, multiline, number, text } from './text.ts'

const kinds: Readonly<Record<string, Kind>> = { text, host, email, number, secret, choice, select, toggle, multiline, date }

const warned = new Set<string>()

/** What draws a field. A kind newer than this element falls back to text, or to choice where options are given. */
export const kindFor = ({ kind, name, options }: FieldView): Kind => {
  if (Object.hasOwn(kinds, kind)) return kinds[kind]!
  const fallback = options ? 'choice' : 'text'
  if (!warned.has(kind)) console.warn(`mail-gateway-settings: field "${name}" has the unknown kind "${kind}" and is drawn as ${fallback}`)
  warned.add(kind)
  return kinds[fallback]!
}
