import * as z from 'zod'
import type { Cloud } from '../../kits/microsoft/clouds.ts'
import { applicationSettings, canonicalApplication } from '../../kits/microsoft/settings.ts'
import { canonicalAddress } from '../../settings/address.ts'
import { address, canonicalMessage, deliverySettings, messageSettings } from '../../settings/common.ts'
import { field } from '../../settings/schema.ts'

/** A cloud of which a mail server is known. */
export type MailCloud = Cloud & { readonly smtpHost: string }

/** The clouds this mode can be used in. */
export const mailClouds = (clouds: readonly Cloud[]): MailCloud[] => clouds.filter((cloud): cloud is MailCloud => cloud.smtpHost !== undefined)

/** Every setting of the mode: the one declaration the form, the seal and the checks are read from. Host and port are the cloud's. */
export const settingsFor = (clouds: readonly MailCloud[]) => z.strictObject({
  ...messageSettings,
  account: field(address(), { kind: 'email', group: 'sender', clean: 'address', ltr: true, autocomplete: 'off' }).optional(),
  ...applicationSettings(clouds),
  ...deliverySettings,
})

export type OfficeSettings = z.infer<ReturnType<typeof settingsFor>>

/** One application and one mailbox written differently are the same: sealed, compared and used in this form. */
export const canonical = (values: OfficeSettings): OfficeSettings => ({
  ...canonicalApplication(canonicalMessage(values)),
  ...(values.account && { account: canonicalAddress(values.account)! }),
})

/** The mailbox that signs in (X4): From may be another address it is allowed to send as. */
export const accountOf = ({ account, from }: OfficeSettings): string => account ?? from
