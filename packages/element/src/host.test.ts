import type { MailGatewayEventMap } from './events.ts'
import { MailGatewaySettings } from './mail-gateway-settings.ts'
import { de } from './strings/de.ts'
import { MailGatewayHarness } from './testing/harness.ts'
import { clear, equal, good, includes, mount, ok, opened, reload, same, store, typeAll } from './testing/world.testing.ts'

afterEach(clear)

const wait = (ms: number) => new Promise((done) => { setTimeout(done, ms) })

/** Requests the element makes, by method and path. */
const counted = () => {
  const asked: string[] = []
  const request = (url: string, init: RequestInit) => { asked.push(`${init.method} ${url}`); return fetch(url, init) }
  return { asked, transport: { request } }
}

describe('the element in its host', () => {
  it('api B1: it is a block, and hidden means hidden', async () => {
    const { element } = await mount()
    equal(getComputedStyle(element).display, 'block')
    element.hidden = true
    equal(getComputedStyle(element).display, 'none')
  })

  it('api B2: it writes nothing on itself but what it declares to reflect', async () => {
    const { element, harness, call } = await mount({ attributes: { class: 'mine', role: 'region', 'aria-label': 'Mail', tabindex: '0' } })
    const changed = new Set<string>()
    const observer = new MutationObserver((records) => { records.forEach(({ attributeName }) => changed.add(attributeName!)) })
    observer.observe(element, { attributes: true })
    await store(call)
    await element.load()
    await harness.press('Reports')
    await harness.press('Mail gateways')
    await wait(0)
    observer.disconnect()
    ok([...changed].every((name) => ['view', 'gateway-id', 'mode', 'single', 'readonly', 'disabled'].includes(name)), [...changed].join())
    same(['class', 'role', 'aria-label', 'tabindex'].map((name) => element.getAttribute(name)), ['mine', 'region', 'Mail', '0'])
  })

  it('api B3, B7: plain values by attribute, rich ones by property only; every boolean is off by default', async () => {
    const element = document.createElement('mail-gateway-settings')
    const { elementProperties } = MailGatewaySettings
    for (const [name, { attribute, type }] of elementProperties) {
      if (type === Boolean) equal(element[name as 'single'], false, String(name))
      if (attribute === false) ok(['messages', 'defaults'].includes(String(name)))
    }
    const { element: shown } = await mount({ properties: { defaults: { name: 'canary-default' }, messages: { add: 'canary-text' } } })
    ok(!/canary/.test(shown.outerHTML))
  })

  it('api B4: a property set before the element is defined survives the upgrade', async () => {
    const tag = `mgs-late-${Date.now()}`
    const element = document.createElement(tag) as MailGatewaySettings
    Object.assign(element, { headingLevel: 4, productName: 'Late Corp', headers: () => ({ 'x-test-tenant': 'late' }) })
    document.body.append(element)
    MailGatewaySettings.define(tag)
    const harness = new MailGatewayHarness(element)
    await harness.ready()
    equal(element.shadowRoot!.querySelector('[part~=heading] [tabindex]')!.localName, 'h4')
    includes(harness.text, 'Late Corp')
    element.remove()
  })

  it('api B5: a property the host sets fires nothing; what the user does fires', async () => {
    const { element, events, harness, gateway } = await opened()
    const before = events.length
    Object.assign(element, { productName: 'X', headingLevel: 3, readonly: true, view: 'list', gatewayId: undefined, messages: { add: 'Y' } })
    await element.updateComplete
    Object.assign(element, { readonly: false, view: 'edit', gatewayId: gateway.id })
    await element.updateComplete
    equal(events.length, before)
    await harness.type('fromName', 'x')
    same([...new Set(events.slice(before).map(({ type }) => type))], ['mgs-change'])
  })

  it('api B6: events bubble out of shadow roots, are typed, hold no secret; a refused one sends no request', async () => {
    const host = document.createElement('div')
    const inner = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('div'))
    document.body.append(host)
    const heard: string[] = []
    const names: (keyof MailGatewayEventMap)[] = ['mgs-ready', 'mgs-change', 'mgs-before-save']
    for (const name of names) document.addEventListener(name, (event) => { heard.push(event.type); if (name === 'mgs-before-save') event.preventDefault() }, { once: true })
    const { asked, transport } = counted()
    const { harness } = await mount({ into: inner, attributes: { view: 'edit', 'gateway-id': 'new' }, properties: { transport } })
    await typeAll(harness)
    const before = asked.length
    await harness.press('Save without checking')
    await wait(100)
    equal(asked.length, before)
    same(heard, names)
    host.remove()
  })

  it('api B9: inside a form of the host, Enter and its buttons never submit that form', async () => {
    const form = document.body.appendChild(document.createElement('form'))
    let submits = 0
    form.addEventListener('submit', (event) => { event.preventDefault(); submits += 1 })
    const { harness } = await mount({ into: form, attributes: { view: 'edit', 'gateway-id': 'new' } })
    await harness.press('Check and save')
    harness.root.querySelector('form')!.requestSubmit()
    equal(submits, 0)
    equal([...new FormData(form).keys()].length, 0)
    form.remove()
  })

  it('api B13: the language of the nearest ancestor is spoken, followed live, and falls back by part and by key', async () => {
    MailGatewaySettings.addLanguage('de', de)
    const { harness, element } = await mount()
    includes(harness.text, 'No mail is sent yet')
    document.documentElement.lang = 'de-AT'
    await harness.until('German', () => harness.text.includes('Noch werden keine E-Mails'))
    element.lang = 'xx'
    await harness.until('English', () => harness.text.includes('No mail is sent yet'))
    element.removeAttribute('lang')
    document.documentElement.lang = 'en'
    await harness.until('English', () => harness.text.includes('No mail is sent yet'))
  })

  it('api B13: a language that becomes known later is spoken by an element that stands there already, and no more by one that left', async () => {
    const { harness, element } = await mount({ attributes: { lang: 'xy' } })
    includes(harness.text, 'No mail is sent yet')
    MailGatewaySettings.addLanguage('xy', de)
    await harness.until('German', () => harness.text.includes('Noch werden keine E-Mails'))
    element.remove()
    const asked: string[] = []
    element.messages = (lang) => { asked.push(lang); return {} }
    await wait(0)
    MailGatewaySettings.addLanguage('xy', de)
    await wait(0)
    same(asked, ['xy'])
  })

  it('api B13: the language comes through shadow roots, is asked of the BFF, and where the host’s texts cannot be had, ours stand', async () => {
    MailGatewaySettings.addLanguage('DE-ch', { ...de, gateways: 'Mail-Gateways (CH)' })
    const thrown: unknown[] = []
    const note = (event: Event) => { thrown.push(event) }
    addEventListener('unhandledrejection', note)
    const outer = document.body.appendChild(document.createElement('div'))
    outer.lang = 'de-CH'
    const into = outer.attachShadow({ mode: 'open' }).appendChild(document.createElement('div'))
    const languages: [url: string, language: string | null][] = []
    const request = (url: string, init: RequestInit) => { languages.push([url.split('/').at(-1)!, new Headers(init.headers).get('accept-language')]); return fetch(url, init) }
    const { harness } = await mount({ into, properties: { transport: { request }, messages: () => Promise.reject(new Error('gone')) } })
    includes(harness.text, 'Mail-Gateways (CH)')
    ok(languages.every(([, language]) => language === 'de-CH'), languages.join(' '))
    outer.lang = 'fr'
    await harness.until('the words of the BFF', () => languages.some((each) => each.join() === 'modes,fr'))
    await harness.until('English', () => harness.text.includes('No mail is sent yet'))
    equal(thrown.length, 0)
    removeEventListener('unhandledrejection', note)
    outer.remove()
  })

  it('api B13: in another language the form is worded anew, and keeps what was typed', async () => {
    const { harness, element } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' }, properties: { transport: { request: async (url, init) => {
      const response = await fetch(url, init)
      const french = url.endsWith('/modes') && new Headers(init.headers).get('accept-language') === 'fr'
      return french ? new Response((await response.text()).replaceAll('"label":"Server"', '"label":"Serveur"'), response) : response
    } } } })
    await harness.type('host', 'mail.acme.example')
    element.lang = 'fr'
    await harness.until('the words', () => harness.root.querySelector('label[for=f-host]')!.textContent === 'Serveur')
    equal(harness.value('host'), 'mail.acme.example')
  })

  it('api B13: texts that arrive for a language that was left are not shown', async () => {
    const waiting = new Map<string, (messages: object) => void>()
    const { harness, element } = await mount({ properties: { messages: (lang: string) => new Promise((done) => { waiting.set(lang, done) }) } })
    await harness.until('the first ask', () => waiting.has('en'))
    element.lang = 'fr'
    await harness.until('the second ask', () => waiting.has('fr'))
    waiting.get('fr')!({ gateways: 'Passerelles' })
    await harness.until('the new ones', () => harness.title === 'Passerelles')
    waiting.get('en')!({ gateways: 'Left behind' })
    await wait(0)
    await element.updateComplete
    equal(harness.title, 'Passerelles')
  })

  it('api B15: every text can be the host’s own, and words of the BFF by their code', async () => {
    const pseudo = (text: unknown): unknown => (typeof text === 'function' ? (...args: unknown[]) => pseudo((text as (...args: unknown[]) => unknown)(...args)) : Array.isArray(text) ? text.map(pseudo) : `⟦${String(text)}⟧`)
    const { en } = await import('./strings/en.ts')
    const messages = Object.fromEntries(Object.entries(en).map(([key, text]) => [key, pseudo(text)]))
    const { harness, call, element } = await mount({ properties: { messages: () => Promise.resolve({ ...messages, codes: { 'auth.right-missing': { title: 'Ours', detail: 'Ask us' } } }) } })
    await store(call)
    await element.load()
    await harness.until('the texts', () => harness.text.includes('⟦'))
    const own = ['Reports', 'noreply@acme.example', 'SMTP', /^localhost:\d+$/]
    const walker = document.createTreeWalker(harness.root.querySelector('[part~=base]')!, NodeFilter.SHOW_TEXT)
    const untranslated: string[] = []
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent!.trim()
      if (text && !text.includes('⟦') && !own.some((each) => (typeof each === 'string' ? each === text : each.test(text)))) untranslated.push(text)
    }
    same(untranslated, [])
    element.headers = () => ({ 'x-test-tenant': 'x', 'x-test-rights': 'write' })
    await element.load()
    await harness.until('the notice', () => element.shadowRoot!.textContent.includes('Ours'))
  })

  it('api B19: removed during a run it stops the run; put back it asks nothing again and listens once', async () => {
    const { asked, transport } = counted()
    const { element, harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' }, properties: { transport } })
    await typeAll(harness)
    await harness.press('Check only')
    await harness.until('the plan', () => harness.rows.length)
    element.remove()
    await harness.until('the stop', () => element.checkReport.rows.every(({ status }) => status !== 'running' && status !== 'waiting'))
    const before = asked.length
    document.body.append(element)
    await element.updateComplete
    await wait(100)
    equal(asked.length, before)
    equal(harness.value('host'), good.settings['host'])
    await harness.press('Check only')
    equal(asked.length, before + 1)
  })

  it('api B20: two elements on a page share nothing', async () => {
    const [one, two] = [await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } }), await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })]
    await one.harness.type('host', 'one.example')
    equal(two.harness.value('host'), '')
    await two.harness.press('Check and save')
    ok(two.harness.summary.length && !one.harness.summary.length)
  })

  for (const [fault, words, passes] of [['html', 'The mail settings did not load', true], ['portal', 'answered with something else', false], ['broken', 'The mail settings did not load', true], ['down', 'The mail settings did not load', true]] as const) {
    it(`api B21: ${fault}: a callout with a way on, an event, and nothing thrown at the page`, async () => {
      const thrown: unknown[] = []
      const note = (event: Event) => { thrown.push(event) }
      addEventListener('error', note)
      addEventListener('unhandledrejection', note)
      const { harness, events, element } = await mount({ base: `/api/fault-${fault}` })
      includes(harness.text, words)
      ok(harness.has('Try again'))
      equal(harness.text.includes('Next try by itself'), passes, 'tried again by itself')
      await harness.press('Details for support')
      includes(harness.text, `/api/fault-${fault}/`)
      ok(events.some(({ type }) => type === 'mgs-error'))
      ok(element.matches(':state(loading)') === false)
      equal(thrown.length, 0)
      removeEventListener('error', note)
      removeEventListener('unhandledrejection', note)
    })
  }

  for (const [status, headers, words] of [[401, { 'x-test-rights': 'read' }, 'You are signed out'], [403, { 'x-test-tenant': 'x', 'x-test-rights': 'write' }, 'needs the right']] as const) {
    it(`api B21: ${status} is said in words, and not asked again by itself`, async () => {
      const { harness } = await mount({ properties: { headers: () => headers as Record<string, string> } })
      includes(harness.text, words)
      ok(!harness.text.includes('Next try'))
    })
  }

  it('api B21: what passes by itself is tried again after 1, 2, 4 and 8 seconds', async () => {
    let tries = 0
    const request = (url: string, init: RequestInit) => {
      if (url.endsWith('/meta')) tries += 1
      return tries < 2 ? Promise.reject(new TypeError('down')) : fetch(url, init)
    }
    const { harness, element } = await mount({ properties: { transport: { request } } })
    includes(harness.text, 'Next try by itself in 1 s')
    await harness.until('the list', () => harness.text.includes('No mail is sent yet'), 4000)
    equal(element.gateways.length, 0)
  })

  it('api B21: a gateway that is gone is said, with the way back', async () => {
    const { harness, element } = await mount({ attributes: { view: 'edit', 'gateway-id': 'no-such-one' } })
    includes(harness.text, 'This gateway no longer exists')
    await harness.press('Mail gateways')
    equal(element.view, 'list')
  })

  it('api B22: the placeholder is as high as the list that follows', async () => {
    const { call, tenant, element } = await mount()
    await store(call)
    await store(call, { name: 'Second' })
    await element.load()
    const height = element.shadowRoot!.querySelector('[part~=list]')!.getBoundingClientRect().height
    element.remove()
    const again = await mount({ tenant, early: true, properties: { transport: { request: async (url, init) => { await wait(300); return fetch(url, init) } } } })
    await again.element.updateComplete
    ok(again.element.matches(':state(loading)'))
    const placeholder = again.element.shadowRoot!.querySelector('[part~=list]')!.getBoundingClientRect().height
    await again.harness.ready()
    ok(Math.abs(placeholder - height) <= 24, `${placeholder} and ${height}`)
  })

  it('api B23: the host can refuse a navigation and drive the screens by attributes', async () => {
    const { harness, element, call } = await mount()
    const gateway = await store(call)
    await element.load()
    element.addEventListener('mgs-navigate', (event) => { event.preventDefault(); same(event.detail, { view: 'edit', gatewayId: gateway.id }) }, { once: true })
    await harness.press('Reports')
    equal(element.view, 'list')
    element.setAttribute('gateway-id', gateway.id)
    element.setAttribute('view', 'edit')
    await element.updateComplete
    equal(harness.value('host'), 'localhost')
    element.setAttribute('view', 'list')
    await element.updateComplete
    ok(harness.has('Add a gateway'))
  })

  it('single: one gateway without a list', async () => {
    const { harness, element } = await mount({ attributes: { single: '' } })
    ok(harness.shows('host') && !harness.has('Mail gateways'))
    await typeAll(harness)
    await harness.press('Save without checking')
    await harness.until('the save', () => element.gateway)
    includes(harness.text, 'Saved without checking')
    await harness.press('Edit settings')
    equal(harness.value('host'), 'localhost')
  })

  it('single: of several the default one is shown; Cancel puts back what is stored; from the test email the way leads back to the form', async () => {
    const page = await mount()
    await store(page.call, { name: 'First' })
    const { id } = await store(page.call, { name: 'Second', default: true })
    page.element.remove()
    const { harness, element } = await mount({ tenant: page.tenant, attributes: { single: '' } })
    equal(element.gateway!.id, id)
    ok(!harness.shows('name') && !harness.has('Cancel'), 'no name for the only one, and nothing to put back')
    await harness.type('fromName', 'Reports')
    await harness.press('Cancel')
    await harness.press('Leave without saving')
    await harness.until('what is stored', () => harness.value('fromName') === '')
    equal(harness.value('host'), 'localhost')
    await harness.press('Save without checking')
    await harness.until('the save', () => harness.verdict.startsWith('Saved'))
    await harness.press('Send a test email')
    ok(harness.shows('to'))
    await harness.press('Edit settings')
    ok(harness.shows('host'))
  })

  it('without-heading: the title is the host’s own', async () => {
    const { harness, element } = await opened({ properties: { withoutHeading: true } })
    equal(harness.title, '')
    await harness.press('Mail gateways')
    await harness.until('the list', () => element.view === 'list')
    equal(harness.title, '')
    ok(!harness.text.includes('How Acme Console sends mail'))
  })

  it('without-test: no way leads to a test email', async () => {
    const { harness, element } = await opened({ properties: { withoutTest: true } })
    await harness.press('Save without checking')
    await harness.until('the save', () => harness.verdict.startsWith('Saved'))
    ok(!harness.has('Send a test email'))
    element.view = 'test'
    await element.updateComplete
    ok(!harness.shows('to'))
    await harness.press('Mail gateways')
    ok(harness.has('Check now') && !harness.has('Send test'))
  })

  it('a host that refuses another way of sending leaves the choice where it was', async () => {
    const { harness, element } = await mount({ base: '/api/three', attributes: { view: 'edit', 'gateway-id': 'new' } })
    element.addEventListener('mgs-mode-change', (event) => { event.preventDefault() })
    await harness.chooseMode('second')
    same([harness.value('mode'), element.mode], ['smtp', 'smtp'])
  })

  it('what a new gateway starts with can be the host’s; as the new default it ends the old one', async () => {
    const { harness, element, call } = await mount({ properties: { defaults: { name: 'Plant', default: true, mode: 'smtp', settings: { fromName: 'Acme' } } } })
    await store(call)
    await element.load()
    await harness.press('Add a gateway')
    same([harness.value('name'), harness.value('fromName'), element.dirty], ['Plant', 'Acme', false])
    await typeAll(harness)
    await harness.press('Save without checking')
    await harness.until('the save', () => element.gateway)
    same(element.gateways.map(({ name, default: is }) => [name, is]), [['Reports', false], ['Plant', true]])
  })

  it('api B6: a host that refuses to save keeps Check and save from checking too', async () => {
    const { asked, transport } = counted()
    const { harness, element } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' }, properties: { transport } })
    await typeAll(harness)
    element.addEventListener('mgs-before-save', (event) => { event.preventDefault() })
    const before = asked.length
    await harness.press('Check and save')
    await wait(100)
    same([asked.length, harness.rows.length], [before, 0])
  })

  it('readonly leaves nothing to press that changes what is stored, disabled nothing at all', async () => {
    const { element, harness } = await opened()
    const offered = () => ['Check and save', 'Check only', 'Check now', 'Save without checking'].filter((name) => harness.has(name))
    same(offered(), ['Check and save', 'Check only', 'Save without checking'])
    element.readonly = true
    await element.updateComplete
    same(offered(), ['Check now'])
    Object.assign(element, { readonly: false, disabled: true })
    await element.updateComplete
    same(offered(), [])
    ok(harness.control('host').disabled)
    ok(!harness.has('Replace'))
  })

  it('modes: the ways a host names are offered, and the one in use always', async () => {
    const ways = (root: ShadowRoot) => [...root.querySelectorAll<HTMLInputElement>('input[name=mode]')].map(({ value }) => value)
    const stored = await opened({ base: '/api/three', attributes: { modes: 'second' } })
    same(ways(stored.harness.root), ['smtp', 'second'])
    const fresh = await mount({ base: '/api/three', attributes: { view: 'edit', 'gateway-id': 'new', modes: 'second missing' } })
    same(ways(fresh.harness.root), ['second', 'missing'])
  })

  it('a host that warns of lost changes itself can take the question away', async () => {
    const { element, harness } = await opened({ properties: { withoutLeaveWarning: true } })
    await harness.type('fromName', 'x')
    await harness.press('Cancel')
    await harness.until('the list', () => element.view === 'list')
    ok(!element.dirty)
  })

  it('a browser that allows no storage takes nothing away but the memory', async () => {
    const { setItem } = Storage.prototype
    Storage.prototype.setItem = () => { throw new DOMException('refused', 'QuotaExceededError') }
    try {
      const { harness, element } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
      await typeAll(harness)
      await harness.press('Check and save')
      await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
      equal(element.gateways.length, 1)
    } finally { Storage.prototype.setItem = setItem }
  })

  it('api B23: a host that says where to be is not led away by a run that a reload cut off', async () => {
    const page = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    const { harness, tenant, call } = page
    const { id } = await store(call)
    await typeAll(harness)
    await harness.press('Check only')
    await harness.until('the plan', () => harness.rows.length)
    await reload(page)
    const again = await mount({ tenant, attributes: { view: 'edit', 'gateway-id': id } })
    await again.element.updateComplete
    same([again.element.gatewayId, again.harness.rows.length], [id, 0])
  })

  it('threat T45: the address of the BFF is fixed at the first connect', async () => {
    const { asked, transport } = counted()
    const { element } = await mount({ properties: { transport } })
    element.apiBase = 'https://evil.example/api'
    element.setAttribute('api-base', 'https://evil.example/api')
    await element.load()
    ok(asked.length >= 6 && asked.every((line) => !line.includes('evil')), asked.join())
  })

  it('methods: save, verify, sendTest, reset, checkValidity, report', async () => {
    const { element, harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    equal(element.checkValidity(), false)
    equal(harness.summary.length, 0)
    equal(element.reportValidity(), false)
    ok(harness.element.dirty === false)
    await typeAll(harness)
    equal(element.checkValidity(), true)
    equal((await element.verify()).verdict, 'passed')
    equal((await element.save())?.mode, 'smtp')
    equal(await element.sendTest('somebody@acme.example'), true)
    includes(element.report(), 'verdict: passed')
    element.setAttribute('view', 'edit')
    const stopped = new AbortController()
    element.view = 'edit'
    await element.updateComplete
    const run = element.verify({ signal: stopped.signal })
    stopped.abort()
    equal((await run).verdict, undefined)
  })

  it('methods: load in the middle of a check reads everything again, and leaves the check alone', async () => {
    const { asked, transport } = counted()
    const { element, harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' }, properties: { transport } })
    await typeAll(harness)
    await harness.press('Check only')
    await harness.until('the plan', () => harness.rows.length)
    await element.load()
    await harness.until('the verdict', () => harness.verdict === 'These settings work')
    equal(asked.filter((line) => /\/(checks|runs)/.test(line)).length, 1, 'one run, followed by nobody else')
  })

  it('methods: sendTest before anything is loaded sends nothing, and says so', async () => {
    const element = document.createElement('mail-gateway-settings')
    element.apiBase = '/nowhere'
    document.body.append(element)
    equal(await element.sendTest('somebody@acme.example'), false)
    element.remove()
  })

  it('define twice is no mistake; another version is told', async () => {
    const warned: string[] = []
    const { warn } = console
    console.warn = (text: string) => { warned.push(text) }
    MailGatewaySettings.define()
    equal(warned.length, 0)
    class Newer extends MailGatewaySettings { static override readonly version: string = '99.0.0' }
    Newer.define()
    console.warn = warn
    includes(warned[0]!, '99.0.0')
    includes(warned[0]!, MailGatewaySettings.version)
  })
})
