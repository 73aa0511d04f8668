import type { Capabilities, FieldKind, FieldView, ModeView, NoticeView, Option } from '@mail-gateway/contract'
import * as z from 'zod'
import { defaultOf } from '../settings/judge.ts'
import { destinationOf, metaOf } from '../settings/schema.ts'
import type { FieldMeta } from '../settings/schema.ts'
import { planOf } from './mode.ts'
import type { FieldWords, Mode, Without } from './mode.ts'

/** What zod's JSON Schema output says about one property. */
interface Property {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly pattern?: string
}

/** A mode as data for the browser: all the element needs to draw it, and no code. */
export const viewOf = (mode: Mode, capabilities: Capabilities, offered: readonly Mode[] = [mode]): ModeView => {
  const notices = noticesFor(mode, offered)
  const { words: { en: words }, settings } = mode
  return {
    id: mode.id,
    label: words.label,
    hint: words.hint,
    ...(words.badge && { badge: words.badge }),
    available: mode.available?.(capabilities) ?? { ok: true },
    groups: Object.entries(words.groups).map(([id, group]) => ({ id, ...group })),
    fields: fieldsOf(mode, capabilities),
    plan: planOf(mode),
    destination: destinationOf(settings),
    target: mode.target,
    ...(words.aside && { aside: { title: words.aside.title, facts: words.aside.facts.map(({ term, ...fact }) => ({ term, text: said(fact.text, fact, capabilities)! })) } }),
    ...(notices.length && { notices }),
    guide: words.guide ?? null,
  }
}

/** What the other modes on offer have to say to this one's settings; a way to a mode that is not on offer is left out. */
const noticesFor = ({ id }: Mode, offered: readonly Mode[]): NoticeView[] =>
  offered.flatMap(({ invitations = [] }) => invitations).filter(({ on }) => on === id).map(({ on: _, ...notice }) => ({
    ...notice, moves: notice.moves.filter(({ mode }) => offered.some((other) => other.id === mode)),
  }))

const fieldsOf = (mode: Mode, capabilities: Capabilities): FieldView[] => {
  const schema = z.toJSONSchema(mode.settings, { io: 'input', unrepresentable: 'any' }) as { properties: Record<string, Property>; required?: string[] }
  return Object.entries(schema.properties).map(([name, property]) => {
    const type = mode.settings.shape[name]!
    const meta = metaOf(type as z.core.$ZodType)
    const words = mode.words.en.fields[name]!
    return {
      ...identity(name, meta, { ...words, ...hintOf(words, capabilities) }, property, (schema.required ?? []).includes(name)),
      ...bounds(property, meta),
      ...extras(type, meta, words, property, capabilities),
      ...reasonWithout(meta, capabilities),
    }
  })
}

const identity = (name: string, meta: FieldMeta, words: FieldWords, property: Property, required: boolean) => ({
  name,
  kind: meta.kind ?? kindOf(property),
  label: words.label,
  ...(words.hint && { hint: words.hint }),
  group: meta.group ?? 'settings',
  required: required || meta.requiredWhen === true,
  messages: { ...(words.required && { required: words.required }), ...(words.format && { format: words.format }), ...(words.range && { range: words.range }) },
})

const kindOf = ({ type, enum: values }: Property): FieldKind =>
  values ? 'choice' : type === 'boolean' ? 'toggle' : type === 'integer' || type === 'number' ? 'number' : 'text'

// A PEM pattern in the browser would only repeat what the server judges better.
const bounds = (property: Property, meta: FieldMeta) => ({
  ...(property.type === 'integer' && { min: property.minimum!, max: property.maximum! }),
  ...(property.maxLength !== undefined && { maxLength: property.maxLength }),
  ...(property.pattern && meta.kind !== 'multiline' && { pattern: property.pattern }),
})

const extras = (type: unknown, meta: FieldMeta, words: FieldWords, property: Property, capabilities: Capabilities) => {
  const initial = defaultOf(type) ?? meta.initial
  const { size, rows, when, ltr, autocomplete, clean, repairs } = meta
  return {
    ...(initial !== undefined && { default: initial as string }),
    ...(size && { size }), ...(rows && { rows }), ...(when && { when }), ...(ltr && { ltr }),
    ...(autocomplete && { autocomplete }), ...(clean && { clean }), ...(repairs && { repairs }), ...(words.unit && { unit: words.unit }),
    ...(property.enum && { options: property.enum.map((value) => optionOf(value, words, meta, capabilities)) }),
  }
}

const optionOf = (value: string, words: FieldWords, { sets, setsWith }: FieldMeta, capabilities: Capabilities): Option => {
  const option = words.options?.[value]
  const condition = setsWith?.[value]
  return {
    value, label: option?.label ?? value, ...(option && hintOf(option, capabilities)), ...(option?.facts && { facts: option.facts }),
    ...(sets?.[value] && (!condition || capabilities[condition]) && { sets: sets[value] }),
  }
}

/** The words for this deployment: of the first capability it lacks, else the usual ones. */
const said = (usual: string | undefined, { without = {} }: { readonly without?: Without }, capabilities: Capabilities): string | undefined =>
  Object.entries(without).find(([name]) => !capabilities[name as keyof Capabilities])?.[1] ?? usual

const hintOf = (words: Pick<FieldWords, 'hint' | 'without'>, capabilities: Capabilities): { hint?: string } => {
  const hint = said(words.hint, words, capabilities)
  return hint ? { hint } : {}
}

const reasons = {
  customCa: 'Cannot be used on this deployment: it trusts public certificate authorities only. A server with a certificate of its own authority needs this product installed on Node.',
  tlsVersion: 'Cannot be chosen on this deployment: its platform does.',
} as const

const reasonWithout = ({ needs }: FieldMeta, capabilities: Capabilities): { unavailable?: string } =>
  needs && !capabilities[needs] ? { unavailable: reasons[needs] } : {}
