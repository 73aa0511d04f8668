import type { GatewayView } from '@mail-gateway/contract'
import { act } from './acts.ts'
import { type } from './drive.ts'
import { hand } from './handed.ts'
import { route } from './routing.ts'

// Properties first, the element's code second: what is set before the upgrade counts from its first request on.
const { settings, handed } = hand(document.querySelector<HTMLElement>('[data-handed]')!)
const page = document.documentElement

/** Saves as another administrator: for the moment when two of them meet. */
const call = async (person: string, { id, revision }: GatewayView, change: object): Promise<Response> => {
  await fetch(`/settings/email?user=${person}`)
  return fetch(`/api/mail-gateway/gateways/${id}`, {
    method: 'PUT', body: JSON.stringify(change),
    headers: { 'content-type': 'application/json', 'x-mail-gateway': '1', 'if-match': `"${revision}"`, 'x-plumline-account': person, 'x-plumline-workspace': handed.workspace },
  })
}

const begin = async (): Promise<void> => {
  if (handed.secret) await type(settings, handed.secret.name, handed.secret.value)
  if (handed.act) await act(handed.act, settings, call)
  page.dataset.ready = ''
}

settings.addEventListener('mgs-ready', () => { void begin() }, { once: true })
settings.addEventListener('mgs-error', () => { page.dataset.failed = '' })
route(settings)
await import('/assets/element.js' as string)
