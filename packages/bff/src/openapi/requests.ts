import type { CheckRequest, Draft, ExplainRequest } from '@mail-gateway/contract'
import { stages } from '@mail-gateway/contract'
import * as z from 'zod'

// Wide enough for every setting; each mode judges its own values.
const value = z.union([z.string().max(40_000), z.number(), z.boolean(), z.null()], 'Give a text, a number, true or false.')
const settings = z.record(z.string(), value, 'Give the settings as an object of names and values.')

const secret = z.union([
  z.strictObject({ value: z.string().max(40_000) }),
  z.strictObject({ keep: z.literal(true) }),
  z.strictObject({ remove: z.literal(true) }),
], 'Give {"value": "…"}, {"keep": true} or {"remove": true}.')
const secrets = z.record(z.string(), secret, 'Give the secrets as an object of names.')

const id = z.string('Give the id as text.').max(64, 'Give the id of a gateway.')
const mode = z.string('Name the mode, such as "smtp".').min(1, 'Name the mode, such as "smtp".').max(64, 'Name the mode, such as "smtp".')

// Line breaks and marks that hide or reorder text have no place in a name.
const name = z.string('Give the name as text.').max(80, 'Use at most 80 characters.')
  .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), 'Use letters, digits, spaces and punctuation only.')

/** Body of POST /gateways and PUT /gateways/{id}. */
export const draftBody: z.ZodType<Draft> = z.strictObject({
  name: name.exactOptional(),
  default: z.boolean('Give true or false.').exactOptional(),
  mode,
  settings,
  secrets: secrets.exactOptional(),
}, 'Send one JSON object.')

/** Body of POST /checks. */
export const checkBody: z.ZodType<CheckRequest> = z.strictObject({
  gatewayId: id.exactOptional(),
  mode: mode.exactOptional(),
  settings: settings.exactOptional(),
  secrets: secrets.exactOptional(),
  until: z.enum(stages, 'Choose input, network, identity or delivery.').exactOptional(),
  to: z.string('Give one address.').max(320, 'Give one address.').exactOptional(),
}, 'Send one JSON object.')

const place = z.string('Give the place as text, such as "entra".').max(64, 'Give the place in a word, such as "entra".')

/** Body of POST /explain. */
export const explainBody: z.ZodType<ExplainRequest> = z.strictObject({
  raw: z.union([z.string().min(1), z.record(z.string(), z.unknown())], 'Give the failure as text, or as the object a program caught.'),
  context: z.strictObject({
    where: place.exactOptional(),
    mode: mode.exactOptional(),
    http: z.int('Give the HTTP status as a number.').min(100, 'Give the HTTP status.').max(599, 'Give the HTTP status.').exactOptional(),
  }, 'Give {"where", "mode", "http"}.').exactOptional(),
}, 'Send one JSON object.')
