import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '@mail-gateway/contract'
import { catalogue } from '../../findings/catalogue.ts'
import { modesFor } from '../../modes/index.ts'
import { builtInClouds } from './clouds.ts'
import { explainMicrosoft } from './explain.ts'
import { MicrosoftFault } from './fault.ts'
import type { MicrosoftFacts, MicrosoftFaultCode } from './fault.ts'
import { tell } from './finding.ts'
import { graphGuide, smtpGuide } from './guide/index.ts'
import type { MicrosoftMode, Situation } from './situation.ts'
import { told } from './told.ts'
import { span, words } from './words.ts'

const modes: readonly MicrosoftMode[] = ['graph', 'smtp-office365']
const guides = { graph: graphGuide(), 'smtp-office365': smtpGuide() }
const settingsOf = (mode: MicrosoftMode): ReadonlySet<string> => new Set([...Object.keys(modesFor(builtInClouds).find(({ id }) => id === mode)!.settings.shape), 'to'])
const known: Situation = { cloud: builtInClouds[0]!, from: 'noreply@acme.example', account: 'sender@acme.example', secretExpires: '2026-10-03' }
const situations: readonly Situation[] = [known, {}, { cloud: builtInClouds.at(-1)! }]
const facts: readonly MicrosoftFacts[] = [{}, { service: 'graph', host: 'graph.microsoft.com', http: 403, retryAfter: 60, cause: 'ECONNRESET', seconds: 8, wanted: 'one', found: 'another', roles: ['Mail.Send', 'Mail.Read'] }]

/** Words that say nothing to whoever has to do something, or that a template left behind. */
const banned = /undefined|\bnull\b|\bNaN\b|\[object|\{\{|\binvalid\b|please|sorry|oops|successfully|\bDelegated:|App-only:|clouds\.json|See (?:smtp|Error)/i

// What a program says is quoted as it says it.
const withoutQuotes = (text: string): string => text.replace(/"[^"]*"/g, '')

const complete = ({ code, title, cause, fixes, field, step, who, retry }: Finding, mode: MicrosoftMode, ours: boolean): void => {
  assert.match(code, /^[a-z0-9]+(\.[\w-]+)+$/)
  assert.match(title, /^[A-Z0-9a-z].*[^.]$/)
  assert.ok(cause.length > 0 && fixes.length > 0 && retry.text.length > 0)
  for (const text of [title, cause, ...fixes.map((fix) => fix.text), retry.text, who ?? '']) assert.doesNotMatch(withoutQuotes(text), banned, text)
  if (ours) for (const text of [cause, ...fixes.map((fix) => fix.text)]) assert.match(text, /^.+\.$/s, text)
  for (const { link } of fixes) if (link !== undefined) assert.equal(new URL(link).protocol, 'https:')
  if (field !== undefined) assert.ok(settingsOf(mode).has(field), `${mode} has no ${field}`)
  if (step !== undefined) assert.ok(guides[mode].steps.some(({ id }) => id === step), `${mode} has no step ${step}`)
  assert.ok(retry.seconds === undefined || retry.seconds >= 1)
}

for (const mode of modes) for (const code of Object.keys(words) as MicrosoftFaultCode[]) {
  test(`api F7: ${code} in ${mode} says what is true, then what to do`, () => {
    for (const situation of situations) for (const one of facts) complete(explainMicrosoft(mode, situation)(new MicrosoftFault(code, one), 'token').finding, mode, true)
  })
}

for (const mode of modes) {
  const entries = catalogue.filter((entry) => !entry.match.local && (entry.modes.includes(mode) || entry.modes.includes('*')))

  test(`api F7, G6: every entry that can occur in ${mode} is a complete finding: a field the mode has, a step its guide has`, () => {
    assert.ok(entries.length > 100)
    for (const entry of entries) for (const situation of situations) for (const one of facts) {
      const finding = tell(mode, entry, one, situation)
      complete(finding, mode, entry.id in told)
      assert.equal(finding.id, entry.id)
    }
  })

  test(`what is known of a mailbox stands in the sentences of ${mode}`, () => {
    const texts = entries.map((entry) => JSON.stringify(tell(mode, entry, {}, known)))
    assert.ok(texts.filter((text) => text.includes(mode === 'graph' ? 'noreply@acme.example' : 'sender@acme.example')).length > 5)
  })
}

test('an entry of another mode is told as what it usually means', () => {
  const other = catalogue.find(({ id }) => id === 'aadsts-50105') ?? catalogue.find(({ modes: [first] }) => first === 'smtp-office365/person')!
  assert.match(tell('graph', other).title, /^Usually means: /)
})

test('every entry with sentences of its own is one of the catalogue', () => {
  const ids = new Set(catalogue.map(({ id }) => id))
  assert.deepEqual(Object.keys(told).filter((id) => !ids.has(id)), [])
})

test('waits are told as people say them', () => assert.deepEqual([1, 60, 119, 120, 3600].map(span), ['1 second', '60 seconds', '119 seconds', '2 minutes', '60 minutes']))
