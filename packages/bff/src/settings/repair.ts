import type { Repair } from '@mail-gateway/contract'
import type * as z from 'zod'
import { metaOf } from './schema.ts'
import type { FieldMeta } from './schema.ts'

type Raw = Readonly<Record<string, unknown>>

/** What is to be told about one setting or secret. Never its value. */
export interface Remark {
  readonly name: string
  readonly say: string
}

/** Values as the form would have made them of the same typing. */
export interface Repaired {
  readonly values: Raw
  /** The value was taken out of what was typed. */
  readonly remarks: readonly Remark[]
  /** Recognised as something else, with no way to the value. */
  readonly mistaken: readonly Remark[]
}

/** Characters beyond which nothing is looked for: no value is that long, and no expression is given more to chew on. */
const longest = 2_048
/** Wrappings inside each other that are taken off. */
const rounds = 4

/**
 * Reads the settings that name what they are often mistaken for, so that a file means what the same text means in the form.
 * All others stay exactly as they are: what they were sealed with must not change. What comes out is read the same way again.
 */
export const repair = (settings: z.ZodObject, raw: Raw): Repaired => {
  const read = Object.entries(raw).map(([name, value]) => ({ name, ...reading(value, metaIn(settings, name)) }))
  return {
    values: Object.fromEntries(read.map(({ name, value }) => [name, value])),
    remarks: read.flatMap(({ name, remarks }) => remarks.map((say) => ({ name, say }))),
    mistaken: read.flatMap(({ name, mistaken }) => (mistaken === undefined ? [] : [{ name, say: mistaken }])),
  }
}

const metaIn = (settings: z.ZodObject, name: string): FieldMeta =>
  Object.hasOwn(settings.shape, name) ? metaOf(settings.shape[name] as z.core.$ZodType) : {}

interface Reading {
  readonly value: unknown
  readonly remarks: readonly string[]
  readonly mistaken?: string
}

const reading = (value: unknown, { repairs, clean }: FieldMeta): Reading => {
  if (!repairs || typeof value !== 'string') return { value, remarks: [] }
  let text = cleaned(value, clean)
  const remarks: string[] = []
  for (let round = 0; round < rounds; round++) {
    const found = recognised(text, repairs)
    if (found && found.to === undefined) return { value: text, remarks, mistaken: found.say }
    const next = found ? cleaned(text.replace(expression(found), found.to!), clean) : text
    if (!found || next === text) break
    remarks.push(found.say)
    text = next
  }
  return { value: text, remarks: [...new Set(remarks)] }
}

const recognised = (text: string, repairs: readonly Repair[]): Repair | undefined =>
  text.length > longest ? undefined : repairs.find((one) => expression(one).test(text))

const expression = ({ pattern }: Repair): RegExp => new RegExp(pattern, 'i')

/** Characters that take no room and come along when text is copied from a web page or a PDF. */
const invisible = /\p{Cf}/gu
const quotes = /^["'`´„‚\p{Pi}\p{Pf} ]+|["'`´„‚\p{Pi}\p{Pf} ]+$/gu
const wrappedGuid = /^[{(]([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[)}]$/i

/** As the form cleans (api F9): a line of text loses what copying added, anything else only what stands around it. */
const cleaned = (value: string, how: FieldMeta['clean']): string =>
  how === 'text' && value.length <= longest ? value.replace(invisible, '').replace(/\s+/g, ' ').replace(quotes, '').replace(wrappedGuid, '$1') : value.trim()
