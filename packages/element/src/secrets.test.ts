import { clear, equal, good, includes, mount, ok, opened, same, typeAll } from './testing/world.testing.ts'

afterEach(clear)

const canary = 'Canary-7Qm2-§-secret'

/** Everything that can be read off a page: markup with every shadow root, values, storages, address. */
const readable = (element: HTMLElement): string => {
  const root = element.shadowRoot!
  const values = [...root.querySelectorAll<HTMLInputElement>('input, textarea')].map(({ value }) => value)
  return [root.innerHTML, document.documentElement.outerHTML, ...values, JSON.stringify(sessionStorage), JSON.stringify(localStorage), location.href].join('\n')
}

describe('secrets', () => {
  it('api F11: a stored secret is a word with who and when, Replace and Keep the stored one; no response holds it', async () => {
    const bodies: string[] = []
    const { harness } = await opened({ properties: { transport: { request: async (url, init) => {
      const response = await fetch(url, init)
      bodies.push(await response.clone().text())
      return response
    } } } })
    includes(harness.text, 'Configured')
    includes(harness.text, 'by Ada')
    ok(!harness.shows('password'), 'no control and no dots')
    ok(!harness.has('Remove'), 'what is needed can be replaced alone')
    await harness.press('Replace')
    equal(harness.focused, harness.control('password'))
    equal(harness.value('password'), '')
    includes(harness.text, 'The stored one stays in use until you save.')
    await harness.press('Keep the stored one')
    ok(!harness.shows('password'))
    ok(bodies.length >= 3 && !bodies.join().includes(good.password!), 'no secret in any answer')
  })

  it('api F12: saving without touching the secret keeps it; an empty new one is a mistake', async () => {
    const { harness, element, gateway } = await opened()
    await harness.type('fromName', 'Reports')
    await harness.press('Save without checking')
    await harness.until('the save', () => element.gateway!.revision > gateway.revision)
    equal(element.gateway!.secrets['password']!.setAt, gateway.secrets['password']!.setAt)
    await harness.press('Edit settings')
    await harness.press('Replace')
    await harness.press('Save without checking')
    ok(harness.error('password'))
    equal(element.gateway!.secrets['password']!.set, true)
  })

  it('api F13: a secret input keeps password managers and spell checkers out', async () => {
    const { harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    const control = harness.control('password')
    equal(control.type, 'password')
    same(['autocomplete', 'data-1p-ignore', 'data-lpignore', 'data-bwignore', 'data-form-type', 'spellcheck', 'autocapitalize', 'autocorrect'].map((name) => control.getAttribute(name)),
      ['new-password', '', 'true', '', 'other', 'false', 'off', 'off'])
  })

  it('api F14: show and hide exist for a value typed now, name their field, and a submit hides again; paste is free', async () => {
    const { harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    ok(!harness.has('Show'))
    await harness.type('password', canary)
    await harness.press('Show Password')
    equal(harness.control('password').type, 'text')
    await harness.press('Hide Password')
    equal(harness.control('password').type, 'password')
    await harness.press('Show Password')
    await harness.press('Check only')
    equal(harness.control('password').type, 'password')
    const paste = new ClipboardEvent('paste', { bubbles: true, composed: true, cancelable: true })
    ok(harness.control('password').dispatchEvent(paste), 'paste is not prevented')
  })

  it('threat T12: after a save the secret is nowhere on the page, in storage, in the address, or in an event', async () => {
    const { harness, element, events } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    await typeAll(harness, { ...good, password: canary })
    includes(readable(element), canary)
    ok(!element.shadowRoot!.innerHTML.includes(canary), 'never in an attribute')
    await harness.press('Save without checking')
    await harness.until('the save', () => element.gateway)
    ok(!readable(element).includes(canary), 'gone from the page')
    await harness.press('Edit settings')
    ok(!readable(element).includes(canary), 'gone from the form')
    ok(!JSON.stringify(events.map((event) => (event as CustomEvent).detail)).includes(canary), 'in no event')
    ok(!element.report().includes(canary) && !JSON.stringify(element.checkReport).includes(canary))
  })

  it('threat T01: another server asks for the stored secret at once; the server enforces it too', async () => {
    const { harness, gateway, call } = await opened()
    await harness.type('host', '127.0.0.1')
    includes(harness.error('password'), 'Enter Password again: Server has changed')
    includes(harness.text, 'A stored secret is bound to where it is sent')
    equal(harness.value('password'), '')
    await harness.type('host', 'localhost')
    ok(!harness.shows('password'), 'kept again')
    await harness.type('host', '127.0.0.1')
    await harness.press('Check and save')
    equal(harness.focused, harness.root.querySelector('[part~=summary]'))
    const refused = await call('POST', '/checks', { gatewayId: gateway.id, mode: 'smtp', settings: { ...gateway.settings, host: '127.0.0.1' }, secrets: { password: { keep: true } } })
    equal(refused.status, 409)
  })

  it('threat T01: words of a 409 about a moved destination open the input and take the focus', async () => {
    const { harness } = await opened({ properties: { transport: { request: async (url, init) =>
      fetch(url, init?.method === 'POST' && url.endsWith('/checks') ? { ...init, body: String(init.body).replace('"host":"localhost"', '"host":"127.0.0.1"') } : init) } } })
    await harness.press('Check only')
    await harness.until('the summary', () => harness.summary.length)
    includes(harness.error('password'), 'Enter Password again')
    equal(harness.focused, harness.root.querySelector('[part~=summary]'))
  })
})
