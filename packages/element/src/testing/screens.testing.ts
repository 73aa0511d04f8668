import type { MailGatewayHarness } from './harness.ts'
import { clear, good, mount, opened, store, typeAll, world } from './world.testing.ts'

const fresh = { attributes: { view: 'edit', 'gateway-id': 'new' } }

const sent = async () => {
  const { harness, element } = await opened()
  element.view = 'test'
  await element.updateComplete
  await harness.press('Send')
  await harness.until('the answer', () => harness.verdict.startsWith('Accepted'))
  return harness
}

/** The screens, each brought about as a user does. */
export const screens: Readonly<Record<string, () => Promise<MailGatewayHarness>>> = {
  list: async () => { const { harness, call, element } = await mount(); await store(call); await store(call, { name: 'Second' }); await element.load(); return harness },
  empty: async () => (await mount()).harness,
  errors: async () => { const { harness } = await mount({ base: '/api/three', ...fresh }); await harness.chooseMode('second'); await harness.press('Check and save'); return harness },
  edit: async () => (await opened()).harness,
  failed: async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness, world.scenarios['password-refused']!)
    await harness.press('Check only')
    await harness.over()
    await harness.press('Details for support')
    return harness
  },
  running: async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness, world.scenarios['sign-in-silent']!)
    await harness.press('Check only')
    await harness.until('the sign-in', () => harness.row('sign-in')?.word === 'Checking')
    return harness
  },
  saved: async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness)
    await harness.press('Check and save')
    await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
    return harness
  },
  sent,
  test: async () => { const harness = await sent(); await harness.press('No, help me'); return harness },
  conflict: async () => {
    const { harness, call, gateway } = await opened()
    await harness.type('fromName', 'Mine')
    await call('PUT', `/gateways/${gateway.id}`, { mode: 'smtp', settings: { ...gateway.settings, fromName: 'Theirs' } }, { 'if-match': `"${gateway.revision}"` })
    await harness.press('Save without checking')
    await harness.until('the conflict', () => harness.text.includes('Somebody else saved'))
    return harness
  },
  reader: async () => { const { tenant, gateway } = await opened(); clear(); return (await mount({ tenant, rights: 'read', attributes: { view: 'edit', 'gateway-id': gateway.id } })).harness },
  unreachable: async () => { const { harness } = await mount({ base: '/api/fault-html' }); await harness.press('Details for support'); return harness },
  loading: async () => (await mount({ base: '/api/fault-hang', early: true })).harness,
  guide: async () => {
    const { harness } = await mount({ base: '/api/guided', attributes: { view: 'edit', 'gateway-id': 'new', mode: 'guided' } })
    await harness.paste('tenant', `https://portal.example/${'x'.repeat(60)}/8d1f0c4e-0000-4000-8000-000000000001`)
    await harness.paste('clientSecret', '8d1f0c4e-0000-4000-8000-000000000001')
    await harness.press('Let it send')
    await harness.press('One mailbox only')
    return harness
  },
  notice: async () => { const { harness } = await mount({ base: '/api/guided', attributes: { view: 'edit', 'gateway-id': 'new', mode: 'smtp' } }); await harness.type('host', 'localhost'); return harness },
  settled: async () => {
    const { harness } = await mount({ base: '/api/guided', attributes: { view: 'edit', 'gateway-id': 'new', mode: 'guided' } })
    await typeAll(harness, { ...good, settings: { ...good.settings, tenant: 'acme.example', clientId: '8d1f0c4e-0000-4000-8000-000000000001', clientSecret: 'Value~1', secretEnds: '2026-12-01' } })
    await harness.press('Check and save')
    await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
    await harness.press('The permission is not in the token')
    return harness
  },
  question: async () => { const { harness } = await opened(); await harness.type('fromName', 'x'); await harness.press('Cancel'); return harness },
}
