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
  })

  it('a host may narrow it to the caller, or to domains', async () => {
    const self = await onTest('/api/self')
    ok(self.harness.control('to').disabled)
    includes(self.harness.text, 'your own address only')
    const domains = await onTest('/api/domains')
    await domains.harness.type('to', 'me@elsewhere.example')
    await domains.harness.press('Send')
    includes(domains.harness.error('to'), 'acme.example')
  })

  it('the limit is said with the time to wait', async () => {
    const { harness } = await onTest('/api/domains')
    await harness.press('Send')
    await harness.until('the first', () => harness.verdict === 'Accepted. Did it arrive?')
    await harness.press('Send')
    await harness.until('the limit', () => harness.text.includes('That was the limit for now'))
    ok(/Wait \d+ (seconds|minutes), then send again/.test(harness.text), 'the wait in words')
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
