import { MailGatewaySettings } from './mail-gateway-settings.ts'
import { screens } from './testing/screens.testing.ts'
import { clear, equal, mount, ok, same, store } from './testing/world.testing.ts'

interface Named { readonly name: string }
interface Declaration {
  readonly attributes: readonly (Named & { readonly fieldName: string; readonly type: { readonly text: string }; readonly default?: string; readonly reflects?: boolean })[]
  readonly members: readonly (Named & { readonly kind: string; readonly static?: boolean; readonly readonly?: boolean })[]
  readonly events: readonly Named[]
  readonly slots: readonly Named[]
  readonly cssParts: readonly Named[]
  readonly cssProperties: readonly Named[]
  readonly cssStates: readonly Named[]
}

const fetched = async (path: string) => (await fetch(`/packages/element/${path}`)).text()
const { modules } = JSON.parse(await fetched('custom-elements.json')) as { modules: { declarations: Declaration[] }[] }
const manifest = modules[0]!.declarations[0]!
const names = (entries: readonly Named[]) => entries.map(({ name }) => name).sort()

afterEach(clear)

describe('custom-elements.json', () => {
  it('api E1, B3: attributes are those observed, with their defaults, kinds and reflection', async () => {
    const { element } = await mount({ base: '/api/mail-gateway' })
    same(names(manifest.attributes), [...MailGatewaySettings.observedAttributes].sort())
    const untouched = document.createElement('mail-gateway-settings')
    for (const { name, fieldName, type, default: wanted, reflects } of manifest.attributes) {
      const options = MailGatewaySettings.elementProperties.get(fieldName)!
      equal(options.attribute ?? true, name === fieldName ? true : name, name)
      equal(Boolean(options.reflect), Boolean(reflects), name)
      const value = untouched[fieldName as keyof MailGatewaySettings]
      if (wanted !== undefined) equal(String(value), wanted.replace(/'/g, ''), name)
      if (type.text === 'boolean') equal(value, false, name)
    }
    ok(element.isConnected)
  })

  it('api E1: every member it names is there, and the rest of the class is not public', () => {
    const element = document.createElement('mail-gateway-settings')
    for (const { name, kind, static: isStatic } of manifest.members) {
      const owner: object = isStatic ? MailGatewaySettings : element
      if (kind === 'method') equal(typeof Reflect.get(owner, name), 'function', name)
      else if (!['headers', 'transport', 'gatewayId', 'mode', 'modes', 'messages', 'defaults'].includes(name)) ok(name in owner, name)
    }
    const own = Object.getOwnPropertyNames(MailGatewaySettings.prototype).filter((name) => !name.startsWith('_') && !['constructor', 'render', 'updated', 'willUpdate', 'focusOn'].includes(name))
    const listed = new Set(names(manifest.members))
    same(own.filter((name) => !listed.has(name)), [])
  })

  it('api E1: parts and slots are those of the screens', async () => {
    const parts = new Set<string>()
    const slots = new Set<string>()
    for (const screen of Object.values(screens)) {
      const { root } = await screen()
      root.querySelectorAll('[part]').forEach((each) => { each.part.forEach((part) => parts.add(part)) })
      root.querySelectorAll('slot').forEach(({ name }) => slots.add(name))
      clear()
    }
    const listed = names(manifest.cssParts)
    same([...parts].filter((part) => !listed.includes(part)).sort(), [], 'parts that are not listed')
    // Advice needs a server whose certificate ends soon.
    same(listed.filter((part) => !parts.has(part) && !['check-warn'].includes(part)), [], 'parts that are on no screen')
    same([...slots].filter(Boolean).sort(), names(manifest.slots))
  })

  it('api E1: custom properties are those the style sheet reads', () => {
    const sheet = MailGatewaySettings.elementStyles.map((each) => ('cssText' in each ? each.cssText : '')).join('\n')
    same([...new Set(sheet.match(/--mgs-[\w-]+/g))].sort(), names(manifest.cssProperties))
  })

  it('api E1: events are those the source fires, custom states those it sets', async () => {
    const source = await fetched('src/events.ts')
    same([...new Set(source.match(/["']mgs-[\w-]+["']/g)!.map((name) => name.slice(1, -1)))].sort(), names(manifest.events))
    const { element, call } = await mount()
    for (const state of names(manifest.cssStates)) ok(CSS.supports(`selector(:state(${state}))`), state)
    const { id } = await store(call)
    await element.load()
    Object.assign(element, { view: 'edit', gatewayId: id })
    await element.updateComplete
    ok(element.matches(':state(unverified)') && !element.matches(':state(readonly)'))
    element.readonly = true
    await element.updateComplete
    ok(element.matches(':state(readonly)'))
  })

  it('the version is that of the package', async () => {
    equal((JSON.parse(await fetched('package.json')) as { version: string }).version, MailGatewaySettings.version)
  })
})
