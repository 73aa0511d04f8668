import * as z from 'zod'
import type { Cloud } from '../../kits/microsoft/clouds.ts'
import { applicationSettings, canonicalApplication } from '../../kits/microsoft/settings.ts'
import { canonicalMessage, deliverySettings, messageSettings } from '../../settings/common.ts'
import { field } from '../../settings/schema.ts'

/** Every setting of the mode: the one declaration the form, the seal and the checks are read from. */
export const settingsFor = (clouds: readonly Cloud[]) => z.strictObject({
  ...messageSettings,
  // Off: a gateway's copies fill the mailbox until it can send no more, and nobody reads them.
  saveToSentItems: field(z.boolean().default(false), { kind: 'toggle', group: 'sender' }),
  ...applicationSettings(clouds),
  ...deliverySettings,
})

export type GraphSettings = z.infer<ReturnType<typeof settingsFor>>

/** One application and one mailbox written differently are the same: sealed, compared and used in this form. */
export const canonical = (values: GraphSettings): GraphSettings => canonicalApplication(canonicalMessage(values))
