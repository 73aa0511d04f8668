import type { Draft, GatewayView } from '@mail-gateway/contract'
import '../define.ts'
import type { MailGatewaySettings } from '../mail-gateway-settings.ts'
import { MailGatewayHarness } from './harness.ts'

declare global {
  const describe: (name: string, body: () => void) => void
  const it: (name: string, body: () => void | Promise<void>) => void
  const before: (body: () => void | Promise<void>) => void
  const beforeEach: (body: () => void | Promise<void>) => void
  const afterEach: (body: () => void | Promise<void>) => void
}

interface Typed { readonly settings: Readonly<Record<string, string | number>>; readonly password?: string }
interface World { readonly account: { readonly username: string; readonly password: string }; readonly ports: Record<'relay' | 'starttls' | 'tls', number>; readonly scenarios: Readonly<Record<string, Typed>> }

/** The mail servers that run beside these tests. */
export const world = await (await fetch('/test-world.json')).json() as World

const from = 'noreply@acme.example'
/** Values of the server that behaves. */
export const good: Typed = { settings: { host: 'localhost', port: world.ports.starttls, security: 'starttls', authentication: 'password', username: world.account.username, from }, password: world.account.password }

export interface Mounted { readonly harness: MailGatewayHarness; readonly element: MailGatewaySettings; readonly call: Call; readonly tenant: string; readonly events: readonly Event[] }
/** A request past the element: another administrator, or a look at what is stored. */
export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>

export interface MountOptions {
  readonly base?: string
  readonly rights?: string
  readonly tenant?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly properties?: Partial<MailGatewaySettings>
  readonly into?: Element
  /** Mounted and not waited for. */
  readonly early?: boolean
}

const eventNames = ['mgs-ready', 'mgs-navigate', 'mgs-mode-change', 'mgs-change', 'mgs-before-save', 'mgs-save', 'mgs-before-delete', 'mgs-delete', 'mgs-check-start', 'mgs-check', 'mgs-check-end', 'mgs-status-change', 'mgs-error']

let count = 0
const mounted: Element[] = []

/** An element with a tenant of its own, and everything it tells the page. */
export const mount = async ({ base = '/api/mail-gateway', rights = 'read,write,test,send', tenant = `t${Date.now()}-${count++}`, attributes = {}, properties = {}, into = document.body, early = false }: MountOptions = {}): Promise<Mounted> => {
  const element = document.createElement('mail-gateway-settings')
  const headers = { 'x-test-tenant': tenant, 'x-test-rights': rights }
  const events: Event[] = []
  for (const name of eventNames) element.addEventListener(name, (event) => { events.push(event) })
  Object.assign(element, { headers: () => headers, apiBase: base }, properties)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  into.append(element)
  mounted.push(element)
  const harness = new MailGatewayHarness(element)
  if (!early) await harness.ready()
  const call: Call = (method, path, body, more = {}) => fetch(base + path, {
    method, headers: { ...headers, 'content-type': 'application/json', 'x-mail-gateway': '1', ...more }, ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { harness, element, call, tenant, events }
}

/** Takes every element off the page. */
export const clear = (): void => { for (const element of mounted.splice(0)) element.remove(); sessionStorage.clear() }

/** Takes an element away as a reload does: what the tab knew before is what it knows after. */
export const reload = async ({ element }: Mounted): Promise<void> => {
  const kept = { ...sessionStorage } as Record<string, string>
  element.remove()
  // A run that ends with its element is forgotten; one that a reload cuts off has no time for that.
  while (JSON.stringify(sessionStorage).includes('runId')) await new Promise((done) => { setTimeout(done, 10) })
  for (const [key, value] of Object.entries(kept)) sessionStorage.setItem(key, value)
}

/** Stores a gateway past the element. */
export const store = async (call: Call, draft: Partial<Draft> = {}, { settings, password }: Typed = good): Promise<GatewayView> => {
  const response = await call('POST', '/gateways', { name: 'Reports', mode: 'smtp', settings, ...(password && { secrets: { password: { value: password } } }), ...draft })
  if (!response.ok) throw new Error(await response.text())
  return response.json() as Promise<GatewayView>
}

/** A page with one stored gateway, opened. */
export const opened = async (options: MountOptions = {}, draft: Partial<Draft> = {}): Promise<Mounted & { readonly gateway: GatewayView }> => {
  const early = await mount({ ...options, attributes: {} })
  const gateway = await store(early.call, draft)
  early.element.remove()
  const page = await mount({ ...options, tenant: early.tenant, attributes: { view: 'edit', 'gateway-id': gateway.id, ...options.attributes } })
  return { ...page, gateway }
}

/** Types everything the form of a server asks for. */
export const typeAll = async (harness: MailGatewayHarness, { settings, password }: Typed = good): Promise<void> => {
  await harness.fill(settings)
  if (password) await harness.type('password', password)
}

const show = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value) ?? String(value))

export const ok = (value: unknown, what = 'a true value'): void => { if (!value) throw new Error(`expected ${what}, got ${show(value)}`) }
export const equal = (actual: unknown, wanted: unknown, what = ''): void => { if (!Object.is(actual, wanted)) throw new Error(`${what} expected ${show(wanted)}, got ${show(actual)}`) }
export const same = (actual: unknown, wanted: unknown, what = ''): void => equal(JSON.stringify(actual), JSON.stringify(wanted), what)
export const includes = (text: string, part: string): void => ok(text.includes(part), `${show(part)} in ${show(text.slice(0, 500))}`)
