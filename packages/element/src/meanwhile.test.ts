import type { MailGatewaySettings } from './mail-gateway-settings.ts'
import { clear, equal, good, includes, mount, ok, opened, same, store, typeAll } from './testing/world.testing.ts'
import type { Mounted } from './testing/world.testing.ts'

afterEach(clear)

/** Carries requests; the server's answer to one that is held is kept until it is let go. */
const road = (holds: (asked: string) => boolean) => {
  const { promise: free, resolve: letGo } = Promise.withResolvers<void>()
  const held: string[] = []
  const request = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init)
    const text = await response.text()
    const asked = `${init.method} ${url}`
    if (holds(asked)) { held.push(asked); await free }
    return new Response(text, response)
  }
  return { held, letGo, transport: { request } }
}

const saves = (asked: string) => /^(PUT|POST) .*\/gateways/.test(asked)

/** The first answer with a list, and no later one. */
const firstList = () => { let lists = 0; return (asked: string) => asked === 'GET /api/mail-gateway/gateways' && ++lists === 1 }

/** Two stored gateways, the first one open and renamed. */
const renamed = async () => {
  const page = await opened()
  const second = await store(page.call, { name: 'Plant 4' })
  await page.element.load()
  await page.harness.type('name', 'Invoices')
  return { ...page, second }
}

/** Saves, and comes back when the server has answered and the answer is on its way. */
const saving = async ({ element, harness }: Mounted) => {
  const { held, letGo, transport } = road(saves)
  element.transport = transport
  const saved = element.save()
  await harness.until('the server’s answer', () => held.length)
  return { saved, letGo }
}

const shown = async (element: MailGatewaySettings) => { await element.updateComplete; return [element.gatewayId, element.gateway!.name, element.dirty] }

describe('what happens while a save or a load is on its way', () => {
  const ways: Readonly<Record<string, (element: MailGatewaySettings, id: string) => void>> = {
    'by attribute': (element, id) => { element.setAttribute('gateway-id', id) },
    'by property': (element, id) => { element.gatewayId = id },
  }
  for (const [way, lead] of Object.entries(ways)) {
    it(`api B23: a host that leads to another gateway ${way} during a save stays there, and what was saved is saved`, async () => {
      const page = await renamed()
      const { element, harness, gateway, second } = page
      const { saved, letGo } = await saving(page)
      lead(element, second.id)
      await element.updateComplete
      letGo()
      same([(await saved)!.id, (await saved)!.name], [gateway.id, 'Invoices'])
      same(await shown(element), [second.id, 'Plant 4', false])
      same([harness.value('name'), harness.verdict], ['Plant 4', ''])
      same(element.gateways.map(({ name }) => name), ['Invoices', 'Plant 4'])
    })
  }

  it('api B23: a host that leads elsewhere in the moment the answer comes stays there too', async () => {
    const page = await renamed()
    const { element, harness, second } = page
    const { saved, letGo } = await saving(page)
    letGo()
    element.gatewayId = second.id
    await saved
    same(await shown(element), [second.id, 'Plant 4', false])
    equal(harness.value('name'), 'Plant 4')
  })

  it('api B23: a host that leads away from a new gateway during its save stays away, and there is one more in the list', async () => {
    const page = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    const { element, harness, call } = page
    const { id } = await store(call)
    await element.load()
    await typeAll(harness)
    const { saved, letGo } = await saving(page)
    element.gatewayId = id
    await element.updateComplete
    letGo()
    const made = (await saved)!
    same(await shown(element), [id, 'Reports', false])
    same(element.gateways.map((each) => each.id), [id, made.id])
  })

  it('api F8: a save that is refused after the host has led elsewhere is told there, and asks no choice about another gateway', async () => {
    const page = await renamed()
    const { element, harness, call, gateway, second } = page
    equal((await call('PUT', `/gateways/${gateway.id}`, { name: 'Bills', mode: 'smtp', settings: good.settings }, { 'if-match': `"${gateway.revision}"`, 'x-test-person': 'Grace' })).status, 200)
    const { saved, letGo } = await saving(page)
    element.gatewayId = second.id
    await element.updateComplete
    letGo()
    equal(await saved, undefined)
    await element.updateComplete
    includes(harness.text, 'Somebody else saved meanwhile')
    same([harness.value('name'), element.dirty, harness.has('Try again')], ['Plant 4', false, false])
    same(element.gateways.map(({ name }) => name), ['Bills', 'Plant 4'])
  })

  it('api F9: a save whose answer is lost after the host has led elsewhere is made sure with what was typed for it', async () => {
    const { element, second, call, gateway } = await renamed()
    let asked = 0
    element.transport = { request: async (url, init) => {
      const response = await fetch(url, init)
      if (init.method !== 'PUT' || asked++) return response
      element.gatewayId = second.id
      await element.updateComplete
      throw new TypeError('the connection broke')
    } }
    equal((await element.save())?.name, 'Invoices')
    equal(asked, 2)
    const { gateways } = await (await call('GET', '/gateways')).json() as { gateways: { id: string; name: string }[] }
    same(gateways.map(({ id, name }) => [id, name]), [[gateway.id, 'Invoices'], [second.id, 'Plant 4']])
    same(await shown(element), [second.id, 'Plant 4', false])
  })

  it('methods: load answered after a save shows what was saved', async () => {
    const { element, harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    await typeAll(harness)
    const { held, letGo, transport } = road(firstList())
    element.transport = transport
    const loaded = element.load()
    await harness.until('the list of before', () => held.length)
    const made = (await element.save())!
    letGo()
    await loaded
    await element.updateComplete
    same([element.gateways.map(({ id }) => id), element.gateway?.id], [[made.id], made.id])
    ok(!harness.text.includes('This gateway no longer exists'), 'what was just saved is there')
  })

  it('methods: load answered after a change of the list shows the change', async () => {
    const { element, harness, call } = await mount()
    await store(call)
    await store(call, { name: 'Plant 4' })
    await element.load()
    const { held, letGo, transport } = road(firstList())
    element.transport = transport
    const loaded = element.load()
    await harness.until('the list of before', () => held.length)
    await harness.press('Make default: Plant 4')
    await harness.until('the new default', () => element.gateways[1]!.default)
    letGo()
    await loaded
    same(element.gateways.map(({ default: is }) => is), [false, true])
  })
})
