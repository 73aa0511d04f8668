import * as z from 'zod'
import { canonicalAddress, canonicalHost, hasControl } from './address.ts'
import { field } from './schema.ts'

const singleLine = (max: number): z.ZodString => z.string().max(max).refine((text) => !hasControl(text))

/** One plain address (RFC 5321 section 4.1.2), ASCII local part. */
export const address = (): z.ZodString => z.string().max(254).refine((text) => canonicalAddress(text) !== undefined)

export const host = (): z.ZodString => z.string().max(253).refine((text) => canonicalHost(text) !== undefined)

export const line = (max = 128): z.ZodString => singleLine(max)

/** Several lines of plain text; a line break is the only control character. */
export const lines = (max = 4000): z.ZodString =>
  z.string().max(max).refine((text) => !hasControl(text.replace(/\r?\n/g, ' ').replace(/\t/g, ' ')))

/** What every mode knows about the message: `contract` row "all". */
export const messageSettings = {
  from: field(address(), { kind: 'email', group: 'sender', clean: 'address', ltr: true }),
  fromName: field(line(), { kind: 'text', group: 'sender', clean: 'text' }).optional(),
  replyTo: field(address(), { kind: 'email', group: 'sender', clean: 'address', ltr: true }).optional(),
  signature: field(lines(), { kind: 'multiline', group: 'sender', rows: 3 }).optional(),
}

/** The rest of row "all", shown under the advanced settings. */
export const deliverySettings = {
  envelopeFrom: field(address(), { kind: 'email', group: 'advanced', clean: 'address', ltr: true }).optional(),
  timeout: field(z.int().min(5).max(300).default(30), { kind: 'number', group: 'advanced', size: 6, ltr: true }),
}

interface MessageValues {
  readonly from: string
  readonly replyTo?: string | undefined
  readonly envelopeFrom?: string | undefined
}

/** The message settings in canonical form. */
export const canonicalMessage = <T extends MessageValues>(values: T): T => ({
  ...values,
  from: canonicalAddress(values.from)!,
  ...(values.replyTo && { replyTo: canonicalAddress(values.replyTo)! }),
  ...(values.envelopeFrom && { envelopeFrom: canonicalAddress(values.envelopeFrom)! }),
})
