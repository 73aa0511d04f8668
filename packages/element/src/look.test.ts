import { executeServerCommand } from '@web/test-runner-commands'
import type Axe from 'axe-core'
import 'axe-core'
import type { MailGatewayHarness } from './testing/harness.ts'
import { screens } from './testing/screens.testing.ts'
import { clear, equal, mount, ok, opened, same } from './testing/world.testing.ts'

// The library is a plain script that leaves its name on the window.
const { axe } = globalThis as unknown as { readonly axe: typeof Axe }

type Media = Partial<Record<'prefers-color-scheme' | 'forced-colors' | 'prefers-reduced-motion', string>> & { readonly width?: number; readonly touch?: boolean }
const emulate = (media: Media = {}) => executeServerCommand('emulate', media)

const violations = async (without: readonly string[] = []) => {
  const { violations: found } = await axe.run(document.body, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], rules: Object.fromEntries(without.map((id) => [id, { enabled: false }])),
  })
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

const animations = ({ root }: MailGatewayHarness) => root.getAnimations()

const wide = ({ element }: MailGatewayHarness) => Math.max(document.documentElement.scrollWidth, element.scrollWidth)

before(() => {
  document.documentElement.lang = 'en'
  const main = document.createElement('main')
  document.body.append(main)
  document.title = 'Settings'
  const style = document.createElement('style')
  style.textContent = ':root { color-scheme: light dark } body { margin: 0 } body { background: light-dark(#fff, #14171c); color: light-dark(#191d24, #e8eaee); font-family: sans-serif }'
  document.head.append(style)
})
afterEach(async () => { clear(); document.documentElement.dir = 'ltr'; await emulate() })

describe('the look', () => {
  for (const name of Object.keys(screens)) {
    it(`api F24, B11, B12, F17: ${name}: no violation in light, dark, right to left and forced colours; it fits 320 px; targets are large enough`, async () => {
      await emulate({ 'prefers-reduced-motion': 'reduce' })
      const harness = await screens[name]!()
      const found: Record<string, readonly string[]> = { light: await violations() }
      await emulate({ 'prefers-reduced-motion': 'reduce', 'prefers-color-scheme': 'dark' })
      found['dark'] = await violations()
      document.documentElement.dir = 'rtl'
      await emulate({ 'prefers-reduced-motion': 'reduce', width: 320 })
      found['rtl'] = await violations()
      ok(wide(harness) <= 320, `${wide(harness)} px at 320`)
      document.documentElement.dir = 'ltr'
      // axe reads colours that forced colours do not paint.
      await emulate({ 'prefers-reduced-motion': 'reduce', 'forced-colors': 'active' })
      found['forced'] = await violations(['color-contrast'])
      equal(animations(harness).length, 0)
      same(found, { light: [], dark: [], rtl: [], forced: [] })
    })
  }

  it('api F24: at 320 px every menu of the list opens within the window, in both directions', async () => {
    await emulate({ width: 320 })
    const harness = await screens['list']!()
    const menus = [...harness.root.querySelectorAll<HTMLDetailsElement>('[part~=menu]')]
    ok(menus.length > 1, `${menus.length} menus`)
    for (const dir of ['ltr', 'rtl']) {
      document.documentElement.dir = dir
      for (const menu of menus) {
        menu.open = true
        const { left, right } = menu.querySelector('div')!.getBoundingClientRect()
        ok(left >= 0 && right <= 320, `${dir}: ${left} to ${right}`)
        menu.open = false
      }
    }
  })

  it('api F17: with a finger every button, switch and disclosure is 44 px high', async () => {
    await emulate({ touch: true, width: 390 })
    ok(matchMedia('(pointer: coarse)').matches)
    for (const name of ['list', 'edit', 'failed'] as const) {
      const { root } = await screens[name]!()
      const small = [...root.querySelectorAll<HTMLElement>('[part~=button], [part~=control], [part~=copy], summary, [part~=mode], [part~=choice]')].filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
      same(small.map(({ outerHTML }) => outerHTML.slice(0, 80)), [], name)
      clear()
    }
  })

  it('api B11: it lays out by its own width, not by the window', async () => {
    const box = document.body.appendChild(document.createElement('div'))
    const { harness } = await mount({ into: box, attributes: { view: 'edit', 'gateway-id': 'new' } })
    const beside = () => { const [label, control] = [harness.root.querySelector('label[for=f-host]')!, harness.control('host')]; return control.getBoundingClientRect().left > label.getBoundingClientRect().right }
    ok(beside(), 'two columns in a wide place')
    box.style.inlineSize = '320px'
    ok(!beside(), 'one column in a narrow one')
    ok(harness.element.scrollWidth <= 320)
    box.remove()
  })

  it('api B12: right to left by inheritance; names of servers and addresses stay left to right', async () => {
    document.documentElement.dir = 'rtl'
    const { harness } = await opened()
    equal(getComputedStyle(harness.root.querySelector('[part~=base]')!).direction, 'rtl')
    for (const name of ['host', 'port', 'username', 'from']) equal(getComputedStyle(harness.control(name)).direction, 'ltr', name)
  })

  it('api B16: in forced colours state, focus and choice are shapes and outlines', async () => {
    await emulate({ 'forced-colors': 'active' })
    ok(matchMedia('(forced-colors: active)').matches)
    const { harness } = await mount({ base: '/api/three', attributes: { view: 'edit', 'gateway-id': 'new' } })
    const chosen = harness.root.querySelector<HTMLElement>('[part~=mode]:has(:checked)')!
    equal(getComputedStyle(chosen).outlineStyle, 'solid')
    harness.control('host').focus()
    ok(getComputedStyle(harness.control('host')).outlineStyle !== 'none')
    await harness.press('Check and save')
    equal(getComputedStyle(harness.control('host')).borderTopWidth, '2px')
  })

  it('api B17: with reduced motion nothing moves, and the state can still be read', async () => {
    const moving = await screens['running']!()
    ok(animations(moving).length > 0, 'a ring that turns')
    await emulate({ 'prefers-reduced-motion': 'reduce' })
    equal(animations(moving).length, 0)
    equal(moving.row('sign-in')!.word, 'Checking')
  })

  it('api B18: colours follow the inherited colour scheme', async () => {
    const { element } = await mount()
    const colour = () => getComputedStyle(element).color
    const light = colour()
    await emulate({ 'prefers-color-scheme': 'dark' })
    ok(colour() !== light)
    element.style.colorScheme = 'light'
    equal(colour(), light)
  })

  it('api B8: every part can be styled from the page; states are added, not swapped', async () => {
    const harness = await screens['failed']!()
    const style = document.head.appendChild(document.createElement('style'))
    const parts = new Set([...harness.root.querySelectorAll('[part]')].flatMap((each) => [...each.part]))
    style.textContent = [...parts].map((part) => `mail-gateway-settings::part(${part}) { --seen-${part}: yes }`).join('\n')
    for (const part of parts) equal(getComputedStyle(harness.root.querySelector(`[part~=${part}]`)!).getPropertyValue(`--seen-${part}`), 'yes', part)
    ok(harness.root.querySelector('[part~=check][part~=check-fail]'))
    style.remove()
  })

  it('api B10: what a host’s style sheet does to every control does not reach inside', async () => {
    const style = document.head.appendChild(document.createElement('style'))
    style.textContent = 'input, button { display: none !important; border: 9px solid red } * { margin: 40px }'
    const { harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    const { display, borderTopWidth, marginTop } = getComputedStyle(harness.control('host'))
    same([display === 'none', borderTopWidth, marginTop], [false, '1px', '0px'])
    style.remove()
  })

  it('api F20: label and control of a choice are one target', async () => {
    const { harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    const radio = harness.root.querySelector<HTMLInputElement>('input[name=authentication][value=none]')!
    const row = radio.closest('[part~=choice]')!
    const { right, top, height } = row.getBoundingClientRect()
    const hit = harness.root.elementFromPoint(right - 4, top + height / 2) as HTMLElement
    hit.click()
    await harness.element.updateComplete
    equal(harness.value('authentication'), 'none')
  })
})
