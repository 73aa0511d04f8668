import type { Handed } from '../host/pages/email.ts'

/** The part of the element's public interface this page uses. */
export type Settings = HTMLElement & {
  headers: () => HeadersInit
  defaults: object
}

/** Gives an element what the page knows: whose session asks, for which customer, and values to begin with. */
export const hand = (holder: HTMLElement): { settings: Settings; handed: Handed } => {
  const handed = JSON.parse(holder.dataset.handed!) as Handed
  const settings = holder.querySelector<Settings>('mail-gateway-settings')!
  settings.headers = () => ({ 'x-plumline-account': handed.account, 'x-plumline-workspace': handed.workspace })
  if (handed.defaults) settings.defaults = handed.defaults
  return { settings, handed }
}
