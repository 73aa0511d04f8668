import { clear, equal, good, includes, mount, ok, same, typeAll, world } from './testing/world.testing.ts'
import type { MailGatewayHarness } from './testing/harness.ts'

const guided = { base: '/api/guided', attributes: { view: 'edit', 'gateway-id': 'new', mode: 'guided' } }
const id = '8d1f0c4e-0000-4000-8000-000000000001'
const directory = { tenant: 'acme.example', clientId: id, clientSecret: 'Value~1' }

const guide = ({ root }: MailGatewayHarness) => root.querySelector<HTMLElement>('[part~=guide]')!
const step = (harness: MailGatewayHarness, name: string) => harness.root.getElementById(`g-${name}`)!.closest('details')!
const shown = (harness: MailGatewayHarness) => [...harness.root.querySelectorAll('[part~=step] > details > summary')].map(({ textContent }) => textContent)
const href = (harness: MailGatewayHarness, name: string) => step(harness, name).querySelector('a')?.getAttribute('href')
const filled = (harness: MailGatewayHarness, values: Readonly<Record<string, string>> = {}) => typeAll(harness, { settings: { ...good.settings, ...directory, ...values }, password: good.password! })

/** What a press puts on the clipboard. */
const copiedBy = async (press: () => Promise<void>): Promise<string> => {
  let text = ''
  const { clipboard } = navigator
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: (given: string) => { text = given; return Promise.resolve() } } })
  try { await press(); await new Promise((done) => { setTimeout(done, 20) }) } finally { Object.defineProperty(navigator, 'clipboard', { configurable: true, value: clipboard }) }
  return text
}

afterEach(clear)

describe('the guide', () => {
  it('api G1, G5: steps, links and values follow what is typed and chosen; the product comes from the host; samples stand in', async () => {
    const { harness } = await mount({ ...guided, properties: { productName: 'Acme Desk' } })
    same(shown(harness), ['Register Acme Desk', 'Copy the two IDs', 'Create a secret', 'Let it send as noreply@acme.example', 'Check the certificate'])
    includes(guide(harness).textContent, 'An owner of the directory is needed once')
    includes(guide(harness).textContent, 'Directory › Applications › New')
    same([href(harness, 'register'), href(harness, 'ids')], ['https://portal.example/new', 'https://portal.example/all'], 'before the ID is known')
    await harness.fill({ clientId: id, from: 'reports@acme.example', cloud: 'there' })
    same([href(harness, 'register'), href(harness, 'ids')], ['https://portal.there.example/new', `https://portal.there.example/application/${id}`], 'the other cloud, and its page of this application')
    same(shown(harness).slice(3), ['Let it send as reports@acme.example', 'Ask for the region', 'Check the certificate'], 'a step that a fact of the cloud brings')
    await harness.choose('security', 'tls')
    same(shown(harness).slice(4), ['Ask for the region'], 'and one that a setting takes away')
    equal(harness.root.querySelectorAll('[part~=step] a:not([rel="noopener noreferrer"])').length, 0)
  })

  it('api G1, F23: values and scripts have copy buttons that say what they copy; a script is escaped for its shell', async () => {
    const { harness } = await mount(guided)
    await harness.fill({ from: "o'brien@acme.example", clientId: id })
    equal(await copiedBy(() => harness.press('Copy Name')), 'Acme Console mail')
    await harness.until('the announcement', () => harness.status === 'Copied')
    const [first, second] = [...step(harness, 'permission').querySelectorAll('details')]
    same([first!.open, first!.querySelector('summary')!.textContent, second!.querySelector('summary')!.textContent], [false, 'One mailbox only', 'Every mailbox'])
    includes(await copiedBy(() => harness.press('Copy One mailbox only')), "$from = 'o''brien@acme.example'")
    includes(await copiedBy(() => harness.press('Copy Every mailbox')), "--from 'o'\\''brien@acme.example'")
    const pre = first!.querySelector('pre')!
    same([pre.tabIndex, pre.getAttribute('aria-label'), getComputedStyle(pre).direction], [0, 'One mailbox only', 'ltr'])
  })

  it('api F23: where the clipboard is refused the script is selected', async () => {
    const { harness } = await mount(guided)
    const { clipboard } = navigator
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: () => Promise.reject(new Error('refused')) } })
    step(harness, 'permission').open = true
    await harness.press('One mailbox only')
    await harness.press('Copy One mailbox only')
    await harness.until('the hint', () => harness.status.startsWith('Copying was refused'))
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: clipboard })
    includes(String(getSelection()), 'New-Right')
  })

  it('api G2: the whole guide as text, for whoever owns the other side: numbered, filled, links written out, no secret', async () => {
    const { harness } = await mount(guided)
    await harness.fill({ from: 'reports@acme.example', ...directory })
    const text = await copiedBy(() => harness.press('Copy as text'))
    for (const part of ['Set up the directory\n', '1. Register Acme Console', 'https://portal.example/new', 'Name: Acme Console mail', "$from = 'reports@acme.example'", `'${id}'`]) includes(text, part)
    ok(!text.includes('{{') && !text.includes('Value~1') && !text.includes('Ask for the region'), 'nothing open, nothing secret, nothing hidden')
  })

  it('api G3: Print prints the guide alone, from a frame of its own: the same text, and no button', async () => {
    const { harness } = await mount(guided)
    const printed: string[] = []
    const { contentWindow } = Object.getOwnPropertyDescriptors(HTMLIFrameElement.prototype)
    let pages = 0
    Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', { configurable: true, get(this: HTMLIFrameElement) {
      const view = contentWindow.get!.call(this) as Window
      view.print = () => { pages += 1; printed.push(view.document.body.textContent, view.document.title, String(view.document.querySelectorAll('button, input, a').length), [...view.document.querySelectorAll('b')].map(({ textContent }) => textContent).join('|')); view.dispatchEvent(new Event('afterprint')) }
      return view
    } })
    const text = await copiedBy(() => harness.press('Copy as text'))
    await harness.press('Print')
    Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', contentWindow)
    same([pages, ...printed], [1, text, 'Set up the directory', '0', 'Set up the directory|1. Register Acme Console (Owner of the directory)|2. Copy the two IDs|3. Create a secret|4. Let it send as noreply@acme.example (Administrator of the mail service)|One mailbox only:|Every mailbox:|5. Check the certificate'])
    equal(harness.root.querySelector('iframe'), null, 'the frame goes with the paper')
  })

  it('api G4: ticks are kept over a reload, go along when the gateway is stored, and never block the form', async () => {
    const page = await mount(guided)
    const tick = ({ root }: MailGatewayHarness, name: string) => root.querySelector<HTMLInputElement>(`[aria-label^="Done: ${name}"]`)!
    tick(page.harness, 'Register').click()
    await page.element.updateComplete
    includes(guide(page.harness).textContent, '1 of 5 done')
    equal(step(page.harness, 'ids').open, true, 'the next step is open')
    page.element.remove()
    const { harness, element } = await mount({ ...guided, tenant: page.tenant })
    ok(tick(harness, 'Register').checked, 'after a reload')
    await filled(harness)
    await harness.press('Save without checking')
    await harness.until('the save', () => element.gateway)
    await harness.press('Edit settings')
    ok(tick(harness, 'Register').checked, 'under its id')
    await harness.press('Mail gateways')
    await harness.press('Add a gateway')
    await harness.chooseMode('guided')
    ok(!tick(harness, 'Register').checked, 'another gateway has its own')
  })

  it('api G6: a finding leads to its step, which opens, also from the summary after a save and from the test; a passed run keeps what stayed open folded', async () => {
    const { harness, element } = await mount(guided)
    await filled(harness)
    await harness.press('Check and save')
    await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
    includes(harness.text, '1 not proven')
    same([harness.row('permission')!.word, harness.row('sign-in')!.word], ['Not proven', 'Passed'])
    const row = harness.root.querySelector('[data-row=permission]')!
    equal(row.querySelector('details')!.open, false)
    ok(row.part.contains('check-open') && !row.part.contains('check-fail'), 'not red')
    await harness.press('The permission is not in the token')
    await harness.press('Show step 4 of the guide')
    equal(harness.focused, harness.root.getElementById('g-permission'))
    ok(step(harness, 'permission').open)
    equal(harness.row('permission')!.word, 'Not proven', 'the run is still there')
    element.view = 'test'
    await element.updateComplete
    await harness.press('Send')
    await harness.until('the answer', () => harness.verdict.startsWith('Accepted'))
    element.withoutGuide = true
    element.view = 'edit'
    await element.updateComplete
    ok(!harness.has('Show step'), 'no way to a guide that is hidden')
  })

  it('threat T08: a link that is no web address leads nowhere', async () => {
    const { harness } = await mount({ ...guided, properties: { transport: { request: async (url, init) => {
      const response = await fetch(url, init)
      return url.endsWith('/modes') ? new Response((await response.text()).replaceAll('{{page}}/new', 'javascript:alert(1)'), response) : response
    } } } })
    equal(href(harness, 'register'), null)
  })
})

describe('what is mistaken for a value', () => {
  it('api F10: an ID is taken out of an address, which is said and announced until the next edit', async () => {
    const { harness } = await mount(guided)
    await harness.paste('tenant', ` https://portal.example/x/${id}/overview `)
    equal(harness.value('tenant'), id)
    const control = harness.control('tenant')
    const note = () => control.closest('[part~=cell]')!.querySelector('[part~=hint]')?.textContent ?? ''
    includes(note(), 'The ID was taken out of the address.')
    equal(harness.status, 'The ID was taken out of the address.')
    ok(control.getAttribute('aria-describedby')!.includes('-h'))
    control.dispatchEvent(new Event('change', { bubbles: true }))
    await harness.element.updateComplete
    includes(note(), 'taken out')
    await harness.type('tenant', 'acme.example')
    equal(note(), '')
  })

  it('api F9, F10: braces around an ID go, a garbled scope is put right on leaving the field', async () => {
    const { harness } = await mount(guided)
    await harness.paste('clientId', `{${id}}`)
    equal(harness.value('clientId'), id)
    await harness.type('scope', 'https://portal.exampledefault')
    equal(harness.value('scope'), 'https://portal.example/.default')
    includes(harness.text, 'The scope was garbled and is put right.')
  })

  it('api F10: the ID of a secret in place of its value is refused at once, without moving the page and without showing it', async () => {
    const { harness, element } = await mount(guided)
    await harness.paste('clientSecret', ` ${id}\n`)
    equal(harness.error('clientSecret'), 'This looks like the Secret ID. Paste the Value.')
    equal(harness.status, 'This looks like the Secret ID. Paste the Value.')
    same(harness.summary, [], 'the summary is for a submit')
    ok(!element.shadowRoot!.innerHTML.includes(id))
    equal(element.checkValidity(), false)
    await filled(harness, { clientSecret: id })
    await harness.press('Check and save')
    same(harness.summary, ['This looks like the Secret ID. Paste the Value.'])
    await harness.type('clientSecret', 'Value~1')
    equal(harness.error('clientSecret'), '')
  })

  it('threat T12: nothing typed as a secret is announced', async () => {
    const { harness } = await mount(guided)
    await harness.paste('clientSecret', 'Canary-secret-value')
    ok(!harness.status.includes('Canary'))
  })
})

describe('a notice', () => {
  const base = { base: '/api/guided', attributes: { view: 'edit', 'gateway-id': 'new', mode: 'smtp' } }

  it('stands above the form while all it names holds, and moves to another mode with what both have and what it carries', async () => {
    const { harness, element } = await mount(base)
    await harness.type('host', 'LOCALHOST')
    includes(harness.text, 'This server ends passwords on 31 December 2026')
    ok(!harness.has('Move to the third way'), 'no way to what cannot be used')
    await harness.choose('authentication', 'none')
    ok(!harness.has('Move to the directory'))
    await harness.choose('authentication', 'password')
    await harness.fill({ username: 'svc.acme', from: 'reports@acme.example' })
    await harness.press('Move to the directory')
    equal(element.mode, 'guided')
    equal(harness.focused, harness.control('cloud'))
    same(['tenant', 'from', 'host'].map((name) => harness.value(name)), ['svc.acme', 'reports@acme.example', 'LOCALHOST'])
    await harness.chooseMode('smtp')
    same(['username', 'from', 'host'].map((name) => harness.value(name)), ['svc.acme', 'reports@acme.example', 'LOCALHOST'])
  })

  it('stands over a stored gateway too, and moving changes nothing before a save', async () => {
    const { harness, call, element } = await mount({ base: '/api/guided' })
    const stored = await (await call('POST', '/gateways', { mode: 'smtp', settings: good.settings, secrets: { password: { value: good.password } } })).json() as { id: string }
    await element.load()
    Object.assign(element, { view: 'edit', gatewayId: stored.id })
    await element.updateComplete
    await harness.press('Move to the directory')
    same([harness.value('tenant'), harness.value('from')], [world.account.username, 'noreply@acme.example'])
    ok(element.dirty)
    equal(((await (await call('GET', `/gateways/${stored.id}`)).json()) as { mode: string }).mode, 'smtp')
    element.reset()
    await element.updateComplete
    equal(element.mode, 'smtp')
  })
})

describe('a row that only a message settles', () => {
  // Without a sign-in nothing of these rows shows whether the application may send.
  const { username: _, ...anonymous } = good.settings
  const unsigned = (harness: MailGatewayHarness) => typeAll(harness, { settings: { ...anonymous, ...directory, authentication: 'none' } })

  it('req D6: check and save keeps what was typed, says that a test email decides, and offers it first', async () => {
    const { harness, element } = await mount({ ...guided })
    await unsigned(harness)
    await harness.press('Check and save')
    await harness.until('the save', () => element.gateway)
    equal(element.status!.state, 'unverified')
    includes(harness.text, 'Saved. Only a test email can tell whether mail goes out')
    equal(harness.root.querySelector('[part~=verdict] [part~=button-primary]')?.textContent?.trim(), 'Send a test email')
    ok(!harness.root.querySelector('[part~=verdict-pass]'), 'nothing unproven looks passed')
  })

  it('req D6: a check alone saves nothing, and offers to', async () => {
    const { harness, element } = await mount({ ...guided })
    await unsigned(harness)
    await harness.press('Check only')
    await harness.until('the verdict', () => harness.text.includes('Only a test email can tell'))
    equal(element.gateway, undefined)
    await harness.press('Save')
    await harness.until('the save', () => element.gateway)
    includes(harness.text, 'Saved. Only a test email can tell whether mail goes out')
  })
})

describe('the end of a secret', () => {
  const day = (days: number) => new Date(Date.now() + days * 864e5).toISOString().slice(0, 10)

  it('req A129: its date is a native date, stands beside the stored secret and in the list; near its end the gateway says so', async () => {
    const { harness, element } = await mount({ ...guided })
    equal(harness.control('secretEnds').type, 'date')
    await filled(harness, { secretEnds: day(200) })
    await harness.press('Check and save')
    await harness.until('the save', () => element.gateway)
    await harness.press('Edit settings')
    includes(harness.control('secretEnds').closest('[part~=main]')!.textContent, 'in 200 days')
    await harness.press('Mail gateways')
    includes(harness.text, 'Last day of the secret')
    includes(harness.text, 'in 200 days')
  })

  it('a secret that ends soon is a state of its own, in the list and in the head', async () => {
    const { harness, element } = await mount({ ...guided })
    await filled(harness, { secretEnds: day(9) })
    await harness.press('Check and save')
    await harness.until('the save', () => element.gateway)
    equal(element.status!.state, 'expiring')
    ok(element.matches(':state(expiring)'))
    includes(harness.text, 'A secret ends soon')
    await harness.press('Back to all gateways')
    includes(harness.text, 'A secret ends soon')
    includes(harness.text, 'in 9 days')
  })
})
