import type { MailGatewaySettings } from '@mail-gateway/element'
import type { Handed } from '../host/pages/email.ts'

/** Gives an element what the page knows: whose session asks, for which customer, and values to begin with. */
export const hand = (holder: HTMLElement): { settings: MailGatewaySettings; handed: Handed } => {
  const handed = JSON.parse(holder.dataset.handed!) as Handed
  const settings = holder.querySelector<MailGatewaySettings>('mail-gateway-settings')!
  settings.headers = () => ({ 'x-plumline-account': handed.account, 'x-plumline-workspace': handed.workspace })
  if (handed.defaults) settings.defaults = handed.defaults
  return { settings, handed }
}
