import { html } from 'hono/html'
import type { Sandbox } from '../../sandbox/index.ts'
import type { Html, Page } from '../layout.ts'
import type { Look } from '../look.ts'
import type { Person } from '../people.ts'

/** What the page's script hands to the element as properties. */
export interface Handed {
  readonly account: string
  readonly workspace: string
  /** A draft for a new gateway, with the values of the chosen server. */
  readonly defaults?: object
  readonly scenario?: string
  readonly act?: string
}

/** Where the element finds its backend: the real one, or one that answers wrongly on purpose. */
export const apiBase = ({ fault }: Look): string => (fault ? `/api/faults/${fault}` : '/api/mail-gateway')

const draftOf = (sandbox: Sandbox, id: string): object | undefined => {
  const known = ['starttls', 'tls', 'relay'].includes(id) || sandbox.scenarios.some((one) => one.id === id)
  if (!known) return undefined
  const { settings, password } = sandbox.typed(id)
  const name = sandbox.scenarios.find((one) => one.id === id)?.title ?? 'Reports'
  return { name, mode: 'smtp', settings, ...(password && { secrets: { password: { value: password } } }) }
}

export const handedTo = (sandbox: Sandbox, look: Look, person: Person): Handed => {
  const defaults = look.scenario && draftOf(sandbox, look.scenario)
  return {
    account: person.id, workspace: look.tenant,
    ...(defaults && { defaults }), ...(look.scenario && { scenario: look.scenario }), ...(look.act && { act: look.act }),
  }
}

/** Attributes that may be added by address, several joined with a dot: `?set=single.readonly`. */
const attributes: Readonly<Record<string, Html>> = {
  single: html` single`, readonly: html` readonly`, disabled: html` disabled`, 'without-heading': html` without-heading`,
  'without-test': html` without-test`, 'without-leave-warning': html` without-leave-warning`,
}

const added = ({ set, seed }: Look): (Html | undefined)[] =>
  [...set?.split('.') ?? [], ...(seed === 'single' ? ['single'] : [])].map((name) => attributes[name])

/** Settings, Notifications, Email: the element and two lines around it. */
export const emailPage = (handed: Handed, look: Look): Page => ({
  path: '/settings/email', title: 'Email', crumbs: 'Settings / Notifications',
  scripts: ['/assets/email.js'],
  body: html`<div class="here" data-handed="${JSON.stringify(handed)}">
    <mail-gateway-settings api-base="${apiBase(look)}" product-name="Plumline" lang="${look.lang}"${added(look)}></mail-gateway-settings>
  </div>`,
})
