import { clear, equal, good, includes, ok, opened, same } from './testing/world.testing.ts'

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
