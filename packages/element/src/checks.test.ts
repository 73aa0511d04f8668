import type { CheckEndEvent, CheckRowEvent, StatusChangeEvent } from './events.ts'
import { clear, equal, good, includes, mount, ok, opened, reload, same, typeAll, world } from './testing/world.testing.ts'

afterEach(clear)

const fresh = { attributes: { view: 'edit', 'gateway-id': 'new' } }

describe('the checklist', () => {
  it('api F21: rows arrive one by one, each with a shape, a word and a value only that step can know', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness)
    const words = new Set<string>()
    await harness.press('Check only')
    await harness.until('the run', () => { harness.rows.forEach(({ word }) => words.add(word)); return harness.verdict === 'These settings work' })
    ok(['Waiting', 'Checking', 'Passed', 'Not run'].every((word) => words.has(word)), [...words].join())
    includes(harness.row('name')!.detail, '127.0.0.1')
    includes(harness.row('encryption')!.detail, 'TLS 1.')
    includes(harness.row('sign-in')!.detail, world.account.username)
    equal(harness.row('message')!.detail, 'with a test email')
    same([...new Set([...harness.root.querySelectorAll('[part~=check-pass] use')].map((use) => use.getAttribute('href')))], ['#pass'])
  })

  it('api F21: a running row stays long enough to be seen', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness)
    const seen = new Map<string, number>()
    const since = performance.now()
    await harness.press('Check only')
    await harness.until('the verdict', () => { harness.rows.filter(({ word }) => word === 'Checking').forEach(({ id }) => seen.set(id, performance.now())); return harness.verdict === 'These settings work' })
    ok(performance.now() - since >= 8 * 140, 'eight rows of 150 ms, as timers keep them')
    ok(seen.size >= 7, `${seen.size} rows were seen running`)
  })

  it('check and save: a wrong password keeps all and offers to save anyway; the right one folds the form', async () => {
    const { harness, element, events } = await mount(fresh)
    await typeAll(harness, { ...good, password: 'wrong' })
    await harness.press('Check and save')
    await harness.over()
    includes(harness.text, 'The server does not accept this user name and password')
    includes(harness.text, 'Nothing was saved')
    equal(element.gateways.length, 0)
    const code = events.filter(({ type }) => type === 'mgs-check').map((event) => (event as CheckRowEvent).detail).find(({ status }) => status === 'fail')!.code!
    element.messages = { codes: { [code]: { title: 'Ours', detail: 'Ask the help desk' } } }
    await harness.until('the host’s words for it', () => harness.text.includes('Ours'))
    includes(harness.text, 'Ask the help desk')
    await harness.press('Go to Password')
    equal(harness.focused, harness.control('password'))
    await harness.type('password', good.password!)
    await harness.press('Check and save')
    await harness.until('the summary', () => harness.verdict.startsWith('Saved.'))
    includes(harness.verdict, 'Acme Console sends as noreply@acme.example')
    equal(element.gateway!.status.state, 'checked')
    same(events.filter(({ type }) => type === 'mgs-status-change').map((event) => (event as StatusChangeEvent).detail.status.state), ['checked'])
    ok(!harness.shows('host'), 'the form is folded')
    same(events.filter(({ type }) => type === 'mgs-check-end').map((event) => (event as CheckEndEvent).detail.verdict), ['failed', 'passed'])
    await harness.press('Edit settings')
    equal(harness.value('host'), 'localhost')
  })

  it('api F15: the status region is there and empty at first, speaks at most every two seconds, the verdict at once', async () => {
    const { harness } = await mount(fresh)
    const region = harness.root.querySelector('[role=status]')!
    equal(region.textContent, '')
    await typeAll(harness)
    const said: [text: string, at: number][] = []
    const observer = new MutationObserver(() => { said.push([harness.status, performance.now()]) })
    observer.observe(region, { characterData: true, childList: true, subtree: true })
    await harness.press('Check only')
    ok(harness.root.querySelector('[part~=checks]')!.getAttribute('aria-busy') === 'true')
    await harness.over()
    await harness.element.updateComplete
    observer.disconnect()
    ok(said.at(-1)![0].startsWith('These settings work'), JSON.stringify(said))
    const progress = said.filter(([text]) => text.startsWith('Checking'))
    ok(progress.every(([, at], index) => index === 0 || at - progress[index - 1]![1] >= 1900), JSON.stringify(said))
    ok(!harness.root.querySelector('[part~=rows][aria-live], [part~=rows] [aria-live]'), 'rows are an ordinary list')
  })

  it('api F16: a failing verdict is said, the focus stays, and the verdict leads to the failed row', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness, world.scenarios['password-refused']!)
    await harness.press('Check only')
    const before = harness.focused
    await harness.over()
    equal(harness.focused, before)
    await harness.until('the announcement', () => harness.status.includes('does not accept'))
    await harness.press('Show what failed')
    ok(harness.focused!.part.contains('check-fail'))
  })

  it('Stop ends the run; what had not ended was not run', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness, world.scenarios['greeting-hangs'] ?? world.scenarios['sign-in-silent']!)
    await harness.press('Check only')
    await harness.until('a row to run', () => harness.rows.some(({ word }) => word === 'Passed'))
    await harness.press('Stop')
    equal(harness.verdict, 'Stopped')
    ok(harness.rows.every(({ word }) => word !== 'Checking' && word !== 'Waiting'))
  })

  it('a run is found again after a reload, with what was typed and without the secret', async () => {
    const page = await mount(fresh)
    const { harness } = page
    await typeAll(harness)
    await harness.press('Check only')
    await harness.until('the plan', () => harness.rows.length)
    ok(!JSON.stringify(sessionStorage).includes(good.password!))
    await reload(page)
    const again = await mount({ tenant: page.tenant })
    await again.harness.until('the rows', () => again.harness.rows.length)
    await again.harness.over()
    same([again.element.view, again.harness.value('host'), again.harness.value('password')], ['edit', 'localhost', ''])
  })

  it('fault F97: single: what a reload cut off in the middle of the first set-up can be finished, and is on the screen once it is saved', async () => {
    const single = { attributes: { single: '' } }
    const page = await mount(single)
    const { harness } = page
    await typeAll(harness)
    await harness.press('Check only')
    await harness.until('the plan', () => harness.rows.length)
    await reload(page)
    const again = await mount({ ...single, tenant: page.tenant })
    await again.harness.until('what was typed', () => again.harness.value('host') === 'localhost')
    await again.harness.over()
    await again.harness.type('password', good.password!)
    await again.harness.press('Check and save')
    await again.harness.until('the save', () => again.harness.verdict.startsWith('Saved.'))
    await again.harness.press('Edit settings')
    same([again.harness.value('host'), again.element.gateways.length, again.element.gateway?.mode], ['localhost', 1, 'smtp'])
  })

  it('a run that has ended is not gone back to: a reload shows the list', async () => {
    const page = await mount(fresh)
    const { harness, element } = page
    await typeAll(harness)
    await harness.press('Check only')
    await harness.until('the verdict', () => harness.verdict === 'These settings work')
    await element.updateComplete
    ok(!JSON.stringify(sessionStorage).includes('runId'), 'nothing to go back to')
    await reload(page)
    const again = await mount({ tenant: page.tenant })
    await again.element.updateComplete
    same([again.element.view, again.harness.rows.length], ['list', 0])
  })

  it('where the host saves only what a message has proven, Check and save sends one, and Check only sends none', async () => {
    const untils: unknown[] = []
    const { harness } = await mount({ ...fresh, properties: { transport: { request: async (url, init) => {
      if (url.endsWith('/checks')) untils.push((JSON.parse(String(init.body)) as { until: string }).until)
      const response = await fetch(url, init)
      return url.endsWith('/meta') ? new Response((await response.text()).replace('"saveRequires":"nothing"', '"saveRequires":"delivery"'), response) : response
    } } } })
    await typeAll(harness)
    await harness.press('Check only')
    await harness.until('the verdict', () => harness.verdict === 'These settings work')
    ok(!harness.has('Save without checking'))
    await harness.press('Check and save')
    await harness.until('the save', () => harness.verdict.startsWith('Saved.'))
    same(untils, ['identity', 'delivery'])
  })

  it('what is changed during a run is not saved by it', async () => {
    const { harness, element, call } = await mount(fresh)
    await typeAll(harness)
    await harness.press('Check and save')
    await harness.until('the plan', () => harness.rows.length)
    await harness.type('fromName', 'Changed')
    await harness.until('the verdict', () => harness.verdict === 'These settings work')
    includes(harness.text, 'You changed something while this ran')
    // A save would be on its way by now.
    await new Promise((done) => { setTimeout(done, 300) })
    same([element.gateways.length, harness.value('fromName')], [0, 'Changed'])
    same(await (await call('GET', '/gateways')).json(), { gateways: [] })
    await harness.press('Save without checking')
    await harness.until('the save', () => harness.text.includes('Saved without checking'))
    equal(harness.rows.length, 0, 'rows of a run that saw other settings')
  })

  it('api F23: Copy for support says what it copies; refused, it selects the text', async () => {
    const { harness } = await mount(fresh)
    await typeAll(harness, world.scenarios['password-refused']!)
    await harness.press('Check only')
    await harness.over()
    await harness.press('Details for support')
    const written: string[] = []
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async (text: string) => { written.push(text) } } })
    await harness.press('Copy for support')
    await harness.until('the announcement', () => harness.status === 'Copied')
    includes(written[0]!, 'sign-in')
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText: async () => { throw new DOMException('no', 'NotAllowedError') } } })
    await harness.press('Copy for support')
    await harness.until('the announcement', () => harness.status.includes('The text is selected'))
    equal(getSelection()!.type, 'Range')
    Reflect.deleteProperty(navigator, 'clipboard')
  })

  it('a failing gateway shows what failed when it is opened from the list', async () => {
    const page = await opened()
    const { host, ...settings } = good.settings
    await page.call('PUT', `/gateways/${page.gateway.id}`, { mode: 'smtp', settings: { ...settings, host, ...world.scenarios['password-refused']!.settings }, secrets: { password: { value: 'x' } } }, { 'if-match': `"${page.gateway.revision}"` })
    page.element.remove()
    const { harness, element } = await mount({ tenant: page.tenant })
    await harness.press('Check now')
    await harness.until('the failure', () => element.gateways[0]!.status.state === 'failing')
    await harness.press('See what failed')
    await harness.until('the rows', () => harness.row('sign-in')?.word === 'Failed')
    includes(harness.text, 'The server does not accept this user name and password')
    element.transport = { request: (url, init) => fetch(url.replace(/\/runs\/.*/, '/runs/forgotten'), init) }
    await harness.press('Mail gateways')
    await harness.press('See what failed')
    await harness.until('why there is nothing to see', () => harness.has('Details for support'))
    equal(harness.rows.length, 0)
  })
})
