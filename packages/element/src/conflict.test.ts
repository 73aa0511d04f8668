import type { GatewayView } from '@mail-gateway/contract'
import { clear, equal, good, includes, mount, ok, opened, same, store, typeAll } from './testing/world.testing.ts'

afterEach(clear)

/** A page on which both administrators changed the sender name, and one more thing each. */
const both = async () => {
  const page = await opened({}, { settings: { ...good.settings, fromName: 'Old', replyTo: 'old@acme.example' } } as never)
  await page.harness.fill({ fromName: 'Mine', signature: 'Mine alone' })
  const stored = await page.call('PUT', `/gateways/${page.gateway.id}`, { mode: 'smtp', settings: { ...good.settings, fromName: 'Theirs', replyTo: 'theirs@acme.example' } }, { 'if-match': `"${page.gateway.revision}"`, 'x-test-person': 'Grace' })
  equal(stored.status, 200)
  await page.harness.press('Save without checking')
  await page.harness.until('the conflict', () => page.harness.text.includes('Somebody else saved this gateway'))
  return page
}

const lines = (root: ShadowRoot) => [...root.querySelectorAll('fieldset[part~=field]')].map((line) => [
  line.querySelector('legend')!.textContent.trim(), ...[...line.querySelectorAll('bdi')].map(({ textContent }) => textContent), line.querySelector<HTMLInputElement>(':checked')!.value,
])

describe('two administrators', () => {
  it('the second sees both versions, line by line, and who it was', async () => {
    const { harness } = await both()
    includes(harness.text, 'Grace saved it today')
    same(lines(harness.root).sort(), [['Reply-to', 'old@acme.example', 'theirs@acme.example', 'theirs'], ['Sender name', 'Mine', 'Theirs', 'mine'], ['Signature', 'Mine alone', 'Not set', 'mine']])
  })

  it('the chosen lines are checked and saved over what is stored by now', async () => {
    const { harness, element } = await both()
    harness.root.querySelector<HTMLInputElement>('[name=c-fromName][value=theirs]')!.click()
    await harness.press('Check and save this choice')
    await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
    const { fromName, replyTo, signature } = element.gateway!.settings
    same([fromName, replyTo, signature], ['Theirs', 'theirs@acme.example', 'Mine alone'])
  })

  it('fault F89: a first save that nobody heard of, then changed and saved again: what is stored and what is typed stand side by side', async () => {
    const { harness, element } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    await typeAll(harness)
    await harness.fill({ fromName: 'First' })
    let lost = true
    element.transport = { request: async (url, init) => {
      const response = await fetch(url, init)
      if (lost) throw new TypeError('the connection broke')
      return response
    } }
    await harness.press('Save without checking')
    await harness.until('the notice', () => harness.text.includes('Whether it was saved is not known yet'))
    lost = false
    const codes: string[] = []
    element.addEventListener('mgs-error', ({ detail }) => { codes.push(detail.problem.code) })
    await harness.type('fromName', 'Second')
    await harness.press('Save without checking')
    await harness.until('the conflict', () => codes.length && harness.root.querySelector('[name=c-fromName]'))
    same(lines(harness.root), [['Sender name', 'Second', 'First', 'mine']])
    same(codes, ['gateway.key-used'])
    await harness.press('Check and save this choice')
    await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
    same([element.gateways.length, element.gateway!.revision, element.gateway!.settings.fromName], [1, 2, 'Second'])
  })

  it('a secret that both replaced is a line too: theirs stays where it is chosen, and neither is shown', async () => {
    const { harness, element, call, gateway } = await opened()
    await harness.press('Replace')
    await harness.type('password', 'canary-of-mine')
    await call('PUT', `/gateways/${gateway.id}`, { mode: 'smtp', settings: good.settings, secrets: { password: { value: good.password } } }, { 'if-match': `"${gateway.revision}"` })
    await harness.press('Save without checking')
    await harness.until('the conflict', () => harness.text.includes('Somebody else saved this gateway'))
    same(lines(harness.root), [['Password', 'A new one', 'The stored one', 'mine']])
    ok(!harness.root.innerHTML.includes('canary-of-mine'))
    harness.root.querySelector<HTMLInputElement>('[name=c-password][value=theirs]')!.click()
    await harness.press('Check and save this choice')
    await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
    equal(element.status!.state, 'checked')
  })

  it('fault F91: what somebody else changed meanwhile is said on the list too, and the next press is about what is stored now', async () => {
    const { harness, element, call } = await mount()
    const [first, second] = [await store(call), await store(call, { name: 'Plant 4' })]
    await element.load()
    const rename = async ({ id, revision, settings }: GatewayView, name: string) => equal((await call('PUT', `/gateways/${id}`, { name, mode: 'smtp', settings }, { 'if-match': `"${revision}"`, 'x-test-person': 'Grace' })).status, 200)
    await rename(second, 'Plant 5')
    await harness.press('Make default: Plant 4')
    await harness.until('the notice', () => harness.text.includes('Somebody else saved meanwhile'))
    ok(harness.has('Plant 5') && !harness.has('Try again'), 'what is stored now, and no way to repeat what was refused')
    await harness.press('Make default: Plant 5')
    await harness.until('the new default', () => element.gateways[1]!.default)
    ok(!harness.text.includes('Somebody else saved meanwhile'))
    await rename((await (await call('GET', `/gateways/${first.id}`)).json()) as GatewayView, 'Invoices')
    await harness.press('Delete: Reports')
    await harness.press('Delete the gateway')
    await harness.until('the notice', () => harness.text.includes('Somebody else saved meanwhile'))
    same(element.gateways.map(({ name }) => name), ['Invoices', 'Plant 5'])
    await harness.press('Delete: Invoices')
    await harness.press('Delete the gateway')
    await harness.until('the row to go', () => element.gateways.length === 1)
  })

  it('all of theirs can be taken; keep editing loses nothing', async () => {
    const first = await both()
    await first.harness.press('Keep editing')
    same([first.harness.value('fromName'), first.harness.value('signature')], ['Mine', 'Mine alone'])
    await first.harness.press('Save without checking')
    await first.harness.until('the conflict', () => first.harness.text.includes('Somebody else saved this gateway'))
    await first.harness.press('Take all of theirs')
    same([first.harness.value('fromName'), first.harness.value('signature')], ['Theirs', ''])
    ok(!first.element.dirty)
  })
})
