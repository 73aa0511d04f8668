import type { GatewayView } from '@mail-gateway/contract'
import type { MailGatewaySettings } from '@mail-gateway/element'
import { open, press, type } from './drive.ts'

/** States of the element that only come from doing something, each reachable by address: `?act=…`. */
type Act = (settings: MailGatewaySettings, call: Call) => Promise<unknown>

/** A request of another administrator, from the same browser. */
export type Call = (person: string, gateway: GatewayView, change: object) => Promise<Response>

const edit: Act = (settings) => open(settings, 'edit', settings.gateways[0]?.id)

const test: Act = (settings) => open(settings, 'test', settings.gateways[0]?.id)

const conflict: Act = async (settings, call) => {
  const stored = settings.gateways[0]!
  await edit(settings, call)
  await type(settings, 'fromName', 'Plumline reports')
  const { mode, settings: values } = stored
  await call('grace', stored, { mode, settings: { ...values, fromName: `Plumline, ${new Date().toLocaleTimeString('en')}` } })
  await settings.save()
}

/** Saves what is filled in without checking it, and sends a test email through it. */
const deliver: Act = async (settings) => {
  const saved = await settings.save()
  if (!saved) throw new Error('nothing was saved')
  await open(settings, 'test', saved.id)
  await settings.sendTest()
}

const acts: Readonly<Record<string, Act>> = {
  edit, test, conflict, deliver,
  new: (settings) => open(settings, 'edit', 'new'),
  errors: async (settings) => { await open(settings, 'edit', 'new'); await settings.save() },
  check: (settings) => settings.verify(),
  save: (settings) => settings.save({ verify: true }),
  send: async (settings, call) => { await test(settings, call); await settings.sendTest() },
  replace: async (settings, call) => { await edit(settings, call); await press(settings, '[part~=secret] button') },
  destination: async (settings, call) => { await edit(settings, call); await type(settings, 'host', '127.0.0.1') },
}

/** Does what the address asks for. Throws when the element does not let it. */
export const act = async (name: string, settings: MailGatewaySettings, call: Call): Promise<void> => { await acts[name]?.(settings, call) }
