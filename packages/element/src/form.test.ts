import type { DeleteEvent } from './events.ts'
import { clear, equal, good, includes, mount, ok, opened, same, store, typeAll, world } from './testing/world.testing.ts'

afterEach(clear)

const three = { base: '/api/three', attributes: { view: 'edit', 'gateway-id': 'new' } }
const fresh = { attributes: { view: 'edit', 'gateway-id': 'new' } }

describe('the form', () => {
  it('api F1: the mode is a native radio group with a legend; one tab stop; a mode that cannot be used says why', async () => {
    const { harness } = await mount(three)
    const group = harness.root.querySelector('fieldset[part~=modes]')!
    includes(group.querySelector('legend')!.textContent, 'How should mail be sent?')
    const radios = [...group.querySelectorAll<HTMLInputElement>('input[type=radio]')]
    same(radios.map(({ name, disabled }) => [name, disabled]), [['mode', false], ['mode', false], ['mode', true]])
    ok(radios.every(({ tabIndex }) => tabIndex === 0), 'no tab index of our own')
    includes(harness.text, 'This runtime cannot do it.')
  })

  it('api F2: another mode and back keeps what was typed; what is the same comes along', async () => {
    const { harness, element } = await mount(three)
    await harness.fill({ host: 'relay.acme.example', from: 'me@acme.example' })
    await harness.chooseMode('second')
    equal(element.mode, 'second')
    equal(harness.value('from'), 'me@acme.example')
    await harness.type('from', 'other@acme.example')
    await harness.chooseMode('smtp')
    same([harness.value('host'), harness.value('from')], ['relay.acme.example', 'me@acme.example'])
  })

  it('api F3: the fields of a mode come after the radios, and the change is said', async () => {
    const { harness } = await mount(three)
    await harness.chooseMode('second')
    const [modes, control] = [harness.root.querySelector('[part~=modes]')!, harness.control('host')]
    ok(modes.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING, 'fields after radios')
    await harness.until('the announcement', () => harness.status.includes('Second way'))
  })

  it('api F4: nothing is judged on leaving a field; a failed submit judges all; a correction takes its error away', async () => {
    const { harness } = await mount(fresh)
    await harness.type('host', '')
    equal(harness.error('host'), '')
    await harness.press('Check and save')
    ok(harness.error('host'), 'an error beside the server')
    await harness.type('host', 'localhost')
    equal(harness.error('host'), '')
    ok(harness.error('from'), 'the other errors stay')
  })

  it('api F5: the summary takes the focus, leads to each control, and says what stands beside it', async () => {
    const { harness } = await mount(fresh)
    await harness.press('Check and save')
    const summary = harness.root.querySelector('[part~=summary]')!
    equal(harness.focused, summary)
    includes(summary.textContent, 'There is a problem')
    same(harness.summary, ['host', 'username', 'password', 'from'].map((name) => harness.error(name)))
    for (const [index, name] of ['host', 'username', 'password', 'from'].entries()) {
      summary.querySelectorAll('a')[index]!.click()
      await harness.element.updateComplete
      equal(harness.focused, harness.control(name))
    }
  })

  it('api F6: no bubble of the browser; the control is marked, described by hint then error, and the error says so first', async () => {
    const { harness } = await mount(fresh)
    ok(harness.root.querySelector('form')!.noValidate)
    await harness.press('Check and save')
    const control = harness.control('host')
    equal(control.getAttribute('aria-invalid'), 'true')
    const [hint, error] = control.getAttribute('aria-describedby')!.split(' ').map((id) => harness.root.getElementById(id)!)
    equal(hint!.part.value, 'hint')
    equal(error!.part.value, 'error')
    ok(error!.textContent.startsWith('Error: '))
  })

  it('api F7: no word of the BFF on a screen of errors blames or pleads', async () => {
    const { harness } = await mount(fresh)
    await harness.fill({ host: 'a b@c', port: 'x', from: 'nobody' })
    await harness.press('Check and save')
    ok(harness.summary.length >= 4)
    ok(!/\b(invalid|please|sorry|oops)\b/i.test(harness.text), 'words that say what to do')
  })

  it('api F8: nothing typed goes when a save is refused, a check fails, or the session ends', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness, { ...good, password: 'wrong' })
    await harness.press('Check and save')
    await harness.over()
    equal(harness.verdict, 'Mail cannot be sent yet')
    same([harness.value('host'), harness.value('password'), harness.value('from')], ['localhost', 'wrong', 'noreply@acme.example'])
    harness.element.headers = () => ({})
    await harness.press('Save without checking')
    await harness.until('the notice', () => harness.text.includes('You are signed out'))
    same([harness.value('host'), harness.value('password')], ['localhost', 'wrong'])
  })

  it('a name that is emptied goes: the gateway is called by what it is and where it sends', async () => {
    const { harness, element } = await opened()
    await harness.type('name', '')
    await harness.press('Save without checking')
    await harness.until('the save', () => element.gateway!.revision > 1)
    equal(element.gateway!.name, 'SMTP localhost')
  })

  it('api F9: what is pasted is cleaned at once, and a port behind the name moves', async () => {
    const { harness } = await mount(fresh)
    await harness.paste('host', ' smtp://mail.acme.example:2525/ ')
    same([harness.value('host'), harness.value('port')], ['mail.acme.example', '2525'])
    await harness.paste('from', 'Acme <noreply@acme.example>')
    equal(harness.value('from'), 'noreply@acme.example')
    await harness.paste('password', ' in ner \n')
    equal(harness.value('password'), 'in ner')
    const control = harness.control('host')
    control.value = ' https://dropped.acme.example/ '
    control.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertFromDrop' }))
    await harness.element.updateComplete
    equal(harness.value('host'), 'dropped.acme.example')
  })

  it('api F19: a folded group opens for an error inside it, and stays open', async () => {
    const { harness } = await mount(fresh)
    const details = harness.control('timeout').closest('details')!
    equal(details.open, false)
    const unit = harness.root.getElementById('f-timeout-u')!
    ok(unit.textContent && harness.control('timeout').getAttribute('aria-describedby')!.includes(unit.id), 'its unit is read with it')
    await harness.type('timeout', '1')
    await harness.press('Check and save')
    equal(details.open, true)
    await harness.type('timeout', '30')
    same([harness.error('timeout'), details.open], ['', true])
  })

  it('a choice that sets another value does so only while that value is its own', async () => {
    const { harness } = await mount(fresh)
    await harness.choose('security', 'tls')
    equal(harness.value('port'), '465')
    await harness.type('port', '2465')
    await harness.choose('security', 'starttls')
    equal(harness.value('port'), '2465')
    await harness.choose('authentication', 'none')
    ok(!harness.shows('username') && !harness.shows('password'), 'fields that hang on another value')
  })

  it('api F4: words of a 422 stand at their fields', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness)
    await harness.type('host', 'ho_st..x')
    await harness.press('Save without checking')
    await harness.until('the refusal', () => harness.error('host'))
    equal(harness.summary[0], harness.error('host'))
    equal(harness.focused, harness.root.querySelector('[part~=summary]'))
  })

  it('api F4: what a check finds wrong with a value stands at its field, until the value is put right', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness)
    await harness.type('host', 'ho_st..x')
    await harness.press('Check only')
    await harness.over()
    ok(harness.error('host').length > 0, 'an error beside the server')
    includes(harness.text, harness.error('host'))
    await harness.type('host', 'localhost')
    equal(harness.error('host'), '')
    await harness.press('Check only')
    await harness.until('the verdict', () => harness.verdict === 'These settings work')
  })

  it('a yes or no is sent as one', async () => {
    const copy = { name: 'keepCopy', kind: 'toggle', label: 'Keep a copy', group: 'server', required: false, default: false, messages: {} }
    const sent: unknown[] = []
    const { harness } = await mount({ ...fresh, properties: { transport: { request: async (url, init) => {
      if (init.method === 'POST') sent.push((JSON.parse(String(init.body)) as { settings: { keepCopy?: unknown } }).settings.keepCopy)
      const response = await fetch(url, init)
      if (!url.endsWith('/modes')) return response
      const { modes: [mode] } = await response.json() as { modes: [{ fields: unknown[] }] }
      return Response.json({ modes: [{ ...mode, fields: [...mode.fields, copy] }] })
    } } } })
    await typeAll(harness)
    equal(harness.control('keepCopy').checked, false)
    for (const wanted of [true, false]) {
      await harness.press('Keep a copy')
      equal(harness.control('keepCopy').checked, wanted)
      await harness.press('Save without checking')
      await harness.until('the refusal', () => sent.length === (wanted ? 1 : 2) && harness.summary.length)
    }
    same(sent, [true, false])
  })

  it('a kind this element does not know is drawn as text and told to the console', async () => {
    const warned: string[] = []
    const { warn } = console
    console.warn = (text: string) => { warned.push(text) }
    const { harness } = await mount({ ...fresh, properties: { transport: { request: async (url, init) => {
      const response = await fetch(url, init)
      return url.endsWith('/modes') ? new Response((await response.text()).replace('"kind":"host"', '"kind":"hologram"'), response) : response
    } } } })
    console.warn = warn
    equal(harness.control('host').type, 'text')
    includes(warned.join(), 'hologram')
  })

  it('api F22: leaving with unsaved changes asks, in the page and in the browser, and only then', async () => {
    const asks = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }))
    const { harness, element } = await opened()
    equal(asks(), false)
    await harness.type('fromName', 'Reports')
    equal(asks(), true)
    equal(harness.root.querySelector('[part~=heading] [part~=row-status]')!.textContent.trim(), 'Changed since the last check Not saved yet')
    await harness.press('Mail gateways')
    const dialog = harness.root.querySelector('dialog')!
    ok(dialog.open)
    await harness.press('Stay here')
    same([element.view, harness.value('fromName')], ['edit', 'Reports'])
    await harness.press('Cancel')
    await harness.press('Leave without saving')
    await harness.until('the list', () => element.view === 'list')
    equal(asks(), false)
  })

  it('rights: without the right to write there is text instead of controls; without the right to test no check', async () => {
    const { tenant, gateway } = await opened()
    const { harness } = await mount({ tenant, rights: 'read', attributes: { view: 'edit', 'gateway-id': gateway.id } })
    ok(!harness.root.querySelector('input, select, textarea'))
    includes(harness.text, 'localhost')
    includes(harness.text, 'Configured')
    ok(!harness.has('Check'))
    await harness.press('Mail gateways')
    ok(!harness.has('Add a gateway') && !harness.has('More') && !harness.has('Check now'))
  })

  it('rights: who may write and not test is offered no check, and Enter saves', async () => {
    const { harness, element } = await mount({ ...fresh, rights: 'read,write' })
    ok(!harness.has('Check') && harness.has('Save without checking'))
    await typeAll(harness)
    harness.root.querySelector('form')!.requestSubmit()
    await harness.until('the save', () => element.gateway)
    ok(!harness.has('Send a test email') && !harness.has('Check now'))
    await harness.press('Back to all gateways')
    ok(!harness.has('Check now') && !harness.has('Send test'))
  })

  it('rights: who may test and not write can check what is stored, and is led to no field; an empty list offers no way in', async () => {
    const page = await mount()
    const { id } = await store(page.call, {}, world.scenarios['password-refused']!)
    page.element.remove()
    const { harness } = await mount({ tenant: page.tenant, rights: 'read,test', attributes: { view: 'edit', 'gateway-id': id } })
    ok(!harness.root.querySelector('input, select, textarea'))
    await harness.press('Check now')
    await harness.over()
    includes(harness.text, 'The server does not accept this user name and password')
    ok(!harness.has('Go to Password'))
    const { harness: empty } = await mount({ rights: 'read' })
    includes(empty.text, 'An administrator can set up the first gateway.')
    ok(!empty.has('Set up the first gateway'))
  })

  it('a host that must have a passed check offers no save without one', async () => {
    const { harness } = await mount({ ...fresh, base: '/api/strict' })
    ok(harness.has('Check and save') && !harness.has('Save without checking'))
    await typeAll(harness, { ...good, password: 'wrong' })
    await harness.press('Check and save')
    await harness.over()
    equal(harness.verdict, 'Mail cannot be sent yet')
    ok(!harness.has('Save without checking'))
  })

  it('the list: one check at a time: a second press elsewhere neither starts another nor ends the first', async () => {
    const { harness, call, element, events } = await mount()
    await store(call)
    await store(call, { name: 'Plant 4' })
    await element.load()
    await harness.press('Check now: Reports')
    await harness.press('Check now: Plant 4')
    await harness.until('the status', () => element.gateways[0]!.status.state === 'checked')
    same([events.filter(({ type }) => type === 'mgs-check-start').length, element.gateways[1]!.status.state], [1, 'unverified'])
    await harness.press('Reports')
    await harness.press('Save without checking')
    await harness.until('the save', () => harness.verdict.startsWith('Saved'))
    ok(!harness.text.includes('Nobody knows yet'), 'what was known before still holds')
  })

  it('what was said of a save is said at once, and not on the next screen', async () => {
    const { harness, element, events } = await opened()
    await harness.press('Save without checking')
    await harness.until('the save', () => harness.verdict.startsWith('Saved'))
    equal(harness.status, 'Saved')
    equal(harness.focused, harness.root.querySelector('[part~=verdict] [tabindex]'))
    equal(events.filter(({ type }) => type === 'mgs-save').length, 1)
    await harness.press('Back to all gateways')
    await harness.until('the list', () => element.view === 'list')
    equal(harness.status, '')
  })

  it('api F4: what points at no field is told once, and not with the next mistake', async () => {
    let odd = true
    const { harness } = await opened({ properties: { transport: { request: (url, init) => {
      const spoilt = odd && init.method === 'PUT'
      odd &&= !spoilt
      return fetch(url, spoilt ? { ...init, body: String(init.body).replace('"settings":{', '"settings":{"nowhere":1,') } : init)
    } } } })
    await harness.press('Save without checking')
    await harness.until('the refusal', () => harness.summary.length)
    const [told] = harness.summary
    await harness.type('from', '')
    await harness.press('Save without checking')
    same(harness.summary, [harness.error('from')])
    ok(told && told !== harness.error('from'))
  })

  it('the list: checks, makes default, deletes with a question', async () => {
    const { harness, call, element, events } = await mount()
    includes(harness.text, 'No mail is sent yet')
    const first = await store(call)
    await store(call, { name: 'Plant 4' }, { settings: { host: 'localhost', port: world.ports.relay, security: 'none', authentication: 'none', from: 'plant@acme.example' } })
    await element.load()
    includes(harness.text, 'plant@acme.example')
    includes(harness.text, `localhost:${world.ports.relay}`)
    await harness.press('Check now: Reports')
    await harness.until('the status', () => element.gateways[0]!.status.state === 'checked')
    ok(events.some(({ type }) => type === 'mgs-status-change'))
    await harness.press('Delete: Reports')
    includes(harness.root.querySelector('dialog')!.textContent, 'another one has to become the default')
    await harness.press('Keep it')
    await harness.press('Make default: Plant 4')
    await harness.until('the new default', () => element.gateways[1]!.default)
    await harness.until('the announcement', () => harness.status === 'Plant 4 is now the default')
    equal(element.gateways.filter((gateway) => gateway.default).length, 1)
    await harness.press('Delete: Reports')
    includes(harness.root.querySelector('dialog')!.textContent, 'Delete Reports?')
    ok(!harness.root.querySelector('dialog')!.textContent.includes('become the default'))
    await harness.press('Delete the gateway')
    await harness.until('the row to go', () => element.gateways.length === 1)
    await harness.until('the announcement', () => harness.status === 'Reports is deleted')
    same(events.filter(({ type }) => type === 'mgs-delete').map((event) => (event as DeleteEvent).detail.gatewayId), [first.id])
    equal(harness.focused, harness.root.querySelector('[part~=heading] [tabindex]'))
    ok(!harness.root.querySelector('[part~=tag]'), 'the only one is not called the default')
    await harness.press('Delete: Plant 4')
    ok(!harness.root.querySelector('dialog')!.textContent.includes('become the default'), 'nothing is left to become it')
    await harness.press('Keep it')
    element.addEventListener('mgs-before-delete', (event) => { event.preventDefault() })
    await harness.press('Delete: Plant 4')
    equal(harness.root.querySelector('dialog'), null)
    equal((await call('GET', `/gateways/${first.id}`)).status, 404)
  })
})
