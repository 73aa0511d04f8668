import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { entryOf } from '../findings/catalogue.ts'
import { modes } from '../modes/index.ts'
import type { Mode } from '../modes/mode.ts'
import { endOf, endingAdvice, endingWords, nextEnding } from './expiry.ts'
import { field, secret } from './schema.ts'

const noon = Date.UTC(2026, 10, 21, 12)
const day = (from: number) => new Date(noon + from * 86_400_000).toISOString().slice(0, 10)
const settings = z.strictObject({
  key: secret({ expires: 'keyEnds' }).optional(), keyEnds: field(z.iso.date(), {}).optional(),
  other: secret({ expires: 'otherEnds' }).optional(), otherEnds: field(z.iso.date(), {}).optional(),
  forever: secret().optional(),
})
const pigeon = { id: 'pigeon', settings, words: { en: { fields: {}, guide: undefined } } } as unknown as Mode
const graph = modes.find(({ id }) => id === 'graph')!

test('days are counted in whole days of UTC, whatever the hour', () => {
  for (const hour of [0, 11.99, 23.99]) {
    const now = Date.UTC(2026, 10, 21) + hour * 3_600_000
    assert.deepEqual([day(0), day(1), day(30), day(-1)].map((keyEnds) => nextEnding(pigeon, { keyEnds }, ['key'], now)?.days), [0, 1, 30, -1])
  }
})

test('it is spoken of from thirty days before, and the first to end comes first', () => {
  const next = (keyEnds?: string, otherEnds?: string, names = ['key', 'other', 'forever', 'stranger']) => nextEnding(pigeon, { keyEnds, otherEnds }, names, noon)
  assert.equal(next(day(31)), undefined)
  assert.deepEqual(next(day(30)), { name: 'key', date: day(30), days: 30 })
  assert.deepEqual(next(day(20), day(-3)), { name: 'other', date: day(-3), days: -3 })
  assert.equal(next(day(5), undefined, ['other']), undefined)
  assert.equal(next(), undefined)
})

test('what is no date is no end', () => {
  for (const keyEnds of ['', 'soon', '2026-13-01', '2026-1-1', 20_261_121, null, '2026-11-21T00:00:00Z']) assert.equal(endOf(pigeon, { keyEnds }, 'key'), undefined)
  assert.equal(endOf(pigeon, { keyEnds: '2026-12-01' }, 'key'), '2026-12-01')
})

const said: readonly [days: number, words: RegExp][] = [
  [30, /^The secret ends in 30 days, on 21 Dec 2026$/], [2, /ends in 2 days, on 23 Nov 2026$/], [1, /ends tomorrow, on 22 Nov/], [0, /ends today, on 21 Nov/], [-1, /ended yesterday, on 20 Nov/], [-40, /ended 40 days ago, on 12 Oct 2026$/],
]
for (const [days, words] of said) {
  test(`${days} days from its end a secret is said to be so`, () => assert.match(endingWords({ name: 'key', date: day(days), days }), words))
}

test('advice has the words of the catalogue where it knows the secret, the field, and the step of the guide', () => {
  const entry = entryOf('local-secret-expiring')!
  const advice = endingAdvice(graph, { clientSecret: 'x', clientSecretExpires: day(12) }, noon)
  assert.deepEqual([advice?.code, advice?.id, advice?.title, advice?.cause, advice?.fixes.map(({ text }) => text), advice?.field, advice?.step], ['settings.secret-expiring', entry.id, 'The secret ends in 12 days, on 3 Dec 2026', entry.cause, entry.fix, 'clientSecret', 'secret'])
  assert.equal(advice?.fixes[0]?.link, entry.docs[0])
})

test('of a secret that has ended nothing is promised any more', () => {
  const advice = endingAdvice(graph, { clientSecret: 'x', clientSecretExpires: day(-2) }, noon)
  assert.deepEqual([advice?.code, advice?.title, advice?.field], ['settings.secret-ended', 'The secret ended 2 days ago, on 19 Nov 2026', 'clientSecret'])
  assert.doesNotMatch(JSON.stringify(advice), /expires soon|invalid|please|sorry/i)
})

test('another mode gets words of its own; without the secret or far from its end there is nothing to say', () => {
  const advice = endingAdvice(pigeon, { key: 'x', keyEnds: day(3) }, noon)
  assert.deepEqual([advice?.code, advice?.id, advice?.field, advice?.step], ['settings.secret-expiring', null, 'key', undefined])
  assert.ok(advice!.cause && advice!.fixes[0]!.text)
  assert.equal(endingAdvice(pigeon, { keyEnds: day(3) }, noon), undefined)
  assert.equal(endingAdvice(pigeon, { key: 'x', keyEnds: day(60) }, noon), undefined)
  assert.equal(endingAdvice(modes[0]!, { password: 'x' }, noon), undefined)
})
