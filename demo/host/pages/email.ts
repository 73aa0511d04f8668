import type { Draft } from '@mail-gateway/contract'
import { html } from 'hono/html'
import type { Sandbox } from '../../sandbox/index.ts'
import { microsoftScenarios } from '../../sandbox/microsoft/index.ts'
import type { Html, Page } from '../layout.ts'
import type { Look } from '../look.ts'
import type { Person } from '../people.ts'

/** What the page's script hands to the element as properties. */
export interface Handed {
  readonly account: string
  readonly workspace: string
  /** A draft for a new gateway, with the values of the chosen server. */
  readonly defaults?: Draft
  /** Typed by the page's script, since no property of the element takes a secret. */
  readonly secret?: { readonly name: string; readonly value: string }
  readonly act?: string
}

/** Where the element finds its backend: the real one, or one that answers wrongly on purpose. */
export const apiBase = ({ fault }: Look): string => (fault ? `/api/faults/${fault}` : '/api/mail-gateway')

type Filling = Pick<Handed, 'defaults' | 'secret'>

/** A password at Microsoft's own server: still works, and not for long. Nothing connects until a check is asked for. */
const retiring: Filling = {
  defaults: { name: 'Reports', mode: 'smtp', settings: { host: 'smtp.office365.com', port: 587, security: 'starttls', authentication: 'password', username: 'reports@acme.example', from: 'reports@acme.example', fromName: 'Plumline' } },
}

const withMicrosoft = ({ microsoft }: Sandbox, id: string): Filling | undefined => {
  const prepared = microsoft.prepared(id)
  if (!prepared) return undefined
  const { mode, settings, clientSecret } = prepared
  const title = microsoftScenarios.find((one) => one.id === id)?.title ?? 'Reports'
  return { defaults: { name: title, mode, settings }, secret: { name: 'clientSecret', value: clientSecret } }
}

const withServer = (sandbox: Sandbox, id: string): Filling => {
  const scenario = sandbox.scenarios.find((one) => one.id === id)
  if (!scenario && !['starttls', 'tls', 'relay'].includes(id)) return {}
  const { settings, password } = sandbox.typed(id)
  return { defaults: { name: scenario?.title ?? 'Reports', mode: 'smtp', settings }, ...(password && { secret: { name: 'password', value: password } }) }
}

const fillIn = (sandbox: Sandbox, id: string): Filling => (id === 'retiring' ? retiring : withMicrosoft(sandbox, id) ?? withServer(sandbox, id))

export const handedTo = (sandbox: Sandbox, look: Look, person: Person): Handed => ({
  account: person.id, workspace: look.tenant,
  ...(look.scenario && fillIn(sandbox, look.scenario)), ...(look.act && { act: look.act }),
})

/** The screen to begin with: the one in the address, else a new gateway where values are to be filled in. */
const screen = ({ view, gateway }: Look, { defaults }: Handed): Html | '' => {
  if (view) return html` view="${view}" gateway-id="${gateway ?? 'new'}"`
  return defaults ? html` view="edit" gateway-id="new"` : ''
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
  scripts: ['/assets/email.js'], ahead: ['/assets/element.js'],
  body: html`<div class="here" data-handed="${JSON.stringify(handed)}">
    <mail-gateway-settings api-base="${apiBase(look)}" product-name="Plumline" lang="${look.lang}"${screen(look, handed)}${added(look)}></mail-gateway-settings>
  </div>`,
})
