import type { Capabilities, FieldKind, FieldView, ModeView, NoticeView, Option } from '@mail-gateway/contract'
import * as z from 'zod'
import { defaultOf } from '../settings/judge.ts'
import { destinationOf, metaOf } from '../settings/schema.ts'
import type { FieldMeta } from '../settings/schema.ts'
import { planOf } from './mode.ts'
import type { FieldWords, Mode } from './mode.ts'

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
    ...(words.aside && { aside: words.aside }),
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
      ...identity(name, meta, words, property, (schema.required ?? []).includes(name)),
      ...bounds(property, meta),
      ...extras(type, meta, words, property),
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

const extras = (type: unknown, meta: FieldMeta, words: FieldWords, property: Property) => {
  const initial = defaultOf(type) ?? meta.initial
  const { size, rows, when, ltr, autocomplete, clean, repairs } = meta
  return {
    ...(initial !== undefined && { default: initial as string }),
    ...(size && { size }), ...(rows && { rows }), ...(when && { when }), ...(ltr && { ltr }),
    ...(autocomplete && { autocomplete }), ...(clean && { clean }), ...(repairs && { repairs }), ...(words.unit && { unit: words.unit }),
    ...(property.enum && { options: property.enum.map((value) => optionOf(value, words, meta)) }),
  }
}

const optionOf = (value: string, words: FieldWords, { sets }: FieldMeta): Option => {
  const option = words.options?.[value]
  return { value, label: option?.label ?? value, ...(option?.hint && { hint: option.hint }), ...(option?.facts && { facts: option.facts }), ...(sets?.[value] && { sets: sets[value] }) }
}

const reasons = { customCa: 'Not on this deployment: the runtime trusts the usual roots only.', tlsVersion: 'Not on this deployment: the runtime chooses the version.' } as const

const reasonWithout = ({ needs }: FieldMeta, capabilities: Capabilities): { unavailable?: string } =>
  needs && !capabilities[needs] ? { unavailable: reasons[needs] } : {}
