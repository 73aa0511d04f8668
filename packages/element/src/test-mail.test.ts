import { clear, equal, includes, mount, ok, opened, same, store } from './testing/world.testing.ts'

afterEach(clear)

const inbox = async () => (await (await fetch(`/test-inbox.json?${Date.now()}`, { cache: 'no-store' })).json()) as { to: string; envelope: { to: string[] }; messageId: string }[]

const onTest = async (base?: string) => {
  const page = await opened(base ? { base } : {})
  page.element.setAttribute('view', 'test')
  await page.element.updateComplete
  return page
}

describe('the test email', () => {
  it('is prefilled with the caller, arrives, and makes the gateway verified', async () => {
    const { harness, element } = await onTest()
    equal(harness.value('to'), 'ada@acme.example')
    const to = `ada+${Date.now()}@acme.example`
    await harness.type('to', to)
    await harness.press('Send')
    await harness.until('the answer', () => harness.verdict === 'Accepted. Did it arrive?')
    ok((await inbox()).some((mail) => mail.envelope.to.includes(to)), 'a mail in the inbox')
    await harness.until('the status', () => element.gateway!.status.state === 'verified')
    includes(harness.row('message')!.detail, '250')
    await harness.press('Yes, it arrived')
    includes(harness.verdict, `Arrived at ${to}`)
    await harness.press('Send')
    await harness.until('the second', () => harness.verdict === 'Accepted. Did it arrive?')
    ok(harness.text.includes(`Arrived at ${to}`), 'the earlier result stays')
  })

  it('goes to whom the host names where nobody typed; what is pasted is cleaned; an answer takes the focus', async () => {
    const { harness } = await (async () => {
      const page = await opened({ properties: { testRecipient: 'ops@acme.example' } })
      page.element.view = 'test'
      await page.element.updateComplete
      return page
    })()
    equal(harness.value('to'), 'ops@acme.example')
    await harness.paste('to', ' Desk <desk@acme.example> ')
    equal(harness.value('to'), 'desk@acme.example')
    await harness.press('Send')
    await harness.until('the answer', () => harness.verdict === 'Accepted. Did it arrive?')
    await harness.press('No, help me')
    equal(harness.focused, harness.root.querySelector('[part~=finding] [tabindex]'))
    includes(harness.focused!.textContent, 'not in the inbox')
    await harness.press('Send')
    await harness.until('the second', () => harness.verdict === 'Accepted. Did it arrive?')
    await harness.press('Yes, it arrived')
    equal(harness.focused, harness.root.querySelector('[part~=verdict] [tabindex]'))
  })

  it('uses what is saved, and says so where something is not', async () => {
    const { harness, element } = await opened()
    element.view = 'test'
    await element.updateComplete
    ok(!harness.text.includes('You have unsaved changes'))
    element.view = 'edit'
    await element.updateComplete
    await harness.type('fromName', 'Reports')
    element.view = 'test'
    await element.updateComplete
    includes(harness.text, 'You have unsaved changes. The test email uses what is saved.')
  })

  it('what the server says of the recipient stands beside the recipient', async () => {
    const { harness } = await (async () => {
      const page = await opened({ base: '/api/domains', properties: { transport: { request: async (url, init) => {
        const response = await fetch(url, init)
        return url.endsWith('/meta') ? new Response((await response.text()).replace('"testRecipients":["acme.example"]', '"testRecipients":"any"'), response) : response
      } } } })
      page.element.view = 'test'
      await page.element.updateComplete
      return page
    })()
    await harness.type('to', 'me@elsewhere.example')
    await harness.press('Send')
    await harness.until('the refusal', () => harness.error('to'))
    includes(harness.error('to'), 'acme.example')
    equal(harness.focused, harness.control('to'))
  })

  it('No, help me says what to do, with the message id', async () => {
    const { harness } = await onTest()
    await harness.press('Send')
    await harness.until('the answer', () => harness.verdict === 'Accepted. Did it arrive?')
    await harness.press('No, help me')
    includes(harness.text, 'Look in junk')
    const id = /messageId\s*(<[^>]+>)/.exec(harness.text)?.[1] ?? 'none'
    ok((await inbox()).some(({ messageId }) => messageId === id), `${id} in the inbox`)
  })

  it('an address that is none is refused beside the field; nothing is sent', async () => {
    const { harness } = await onTest()
    await harness.type('to', 'nobody')
    await harness.press('Send')
    includes(harness.error('to'), 'Enter one address')
    equal(harness.focused, harness.control('to'))
    equal(harness.rows.length, 0)
    await harness.paste('to', 'somebody@acme.example')
    equal(harness.error('to'), '')
    await harness.type('to', '')
    await harness.press('Send')
    includes(harness.error('to'), 'Enter the address the test email goes to')
  })

  it('a host may narrow it to the caller, or to domains', async () => {
    const self = await onTest('/api/self')
    ok(self.harness.control('to').disabled)
    includes(self.harness.text, 'your own address only')
    const domains = await onTest('/api/domains')
    await domains.harness.type('to', 'me@elsewhere.example')
    await domains.harness.press('Send')
    includes(domains.harness.error('to'), 'acme.example')
    await domains.harness.type('to', 'me@ACME.Example')
    equal(domains.harness.error('to'), '')
  })

  it('the limit is said with the time to wait', async () => {
    const { harness } = await onTest('/api/domains')
    await harness.press('Send')
    await harness.until('the first', () => harness.verdict === 'Accepted. Did it arrive?')
    await harness.press('Send')
    await harness.until('the limit', () => harness.text.includes('That was the limit for now'))
    ok(/Wait \d+ (seconds|minutes), then send again/.test(harness.text), 'the wait in words')
  })

  it('a long wait is said in minutes', async () => {
    const problem = { type: 'about:blank', title: 'Limit', status: 429, detail: 'Enough.', instance: '/checks', code: 'rate.limited', requestId: 'r', retryAfter: 3541 }
    const { harness, element } = await onTest()
    element.transport = { request: () => Promise.resolve(Response.json(problem, { status: 429 })) }
    await harness.press('Send')
    await harness.until('the limit', () => harness.text.includes('Wait 60 minutes, then send again'))
  })

  it('a message refused on delivery keeps the words of the server', async () => {
    const page = await mount()
    const { world } = await import('./testing/world.testing.ts')
    const gateway = await store(page.call, {}, world.scenarios['recipient-unknown']!)
    page.element.remove()
    const { harness, element } = await mount({ tenant: page.tenant, attributes: { view: 'test', 'gateway-id': gateway.id } })
    await harness.press('Send')
    await harness.over()
    same([harness.verdict, harness.row('recipient')?.word], ['The test email did not go out', 'Failed'])
    includes(harness.text, '550')
    ok(element.gateway!.status.state !== 'verified')
  })
})
