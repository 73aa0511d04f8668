import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Repair } from '@mail-gateway/contract'
import fc from 'fast-check'
import * as z from 'zod'
import { modes } from '../modes/index.ts'
import { repair } from './repair.ts'
import { field, secret } from './schema.ts'
import { since, withinTime } from '../../../../test/within-time.ts'

const guid = 'a31c84d2-6e5b-4f90-8b17-2c9d05e7f3aa'
const fromUrl: Repair = { pattern: '^https://portal\\.example/([0-9a-f-]{36})$', to: '$1', say: 'It was taken out of the address.' }
const noUrl: Repair = { pattern: '^https?://.*$', say: 'This is an address. Copy the ID.' }
const quoted: Repair = { pattern: '^"(.+)"$', to: '$1', say: 'The quotation marks were left out.' }
const isId: Repair = { pattern: `^[0-9a-f]{8}-.*$`, say: 'This is the ID of the secret. Copy its value.' }
const settings = z.strictObject({
  id: field(z.string(), { clean: 'text', repairs: [fromUrl, noUrl] }).optional(),
  word: secret({ repairs: [isId, quoted] }).optional(),
  plain: field(z.string(), { clean: 'text' }).optional(),
  host: field(z.string(), { clean: 'host' }).optional(),
})

const table: readonly [what: string, raw: Record<string, unknown>, values: Record<string, unknown>, remarks: string[], mistaken: string[]][] = [
  ['a right value', { id: guid }, { id: guid }, [], []],
  ['braces, quotes, spaces and what takes no room', { id: ` “{${guid}}”\u200b\n` }, { id: guid }, [], []],
  ['round brackets', { id: `(${guid})` }, { id: guid }, [], []],
  ['another thing with a way to the value', { id: ` HTTPS://Portal.example/${guid} ` }, { id: guid }, [fromUrl.say], []],
  ['another thing with none', { id: 'http://elsewhere.example' }, { id: 'http://elsewhere.example' }, [], [noUrl.say]],
  ['a secret in quotes, its inside untouched', { word: '\n "a  "b"\u200b c" ' }, { word: 'a  "b"\u200b c' }, [quoted.say], []],
  ['wrappings inside each other', { word: '" "x" "' }, { word: 'x' }, [quoted.say], []],
  ['wrapped, and something else then', { word: `"${guid}"` }, { word: guid }, [quoted.say], [isId.say]],
  ['a setting that names no mistakes stays as it is', { plain: ` "{${guid}}" `, host: ' https://x/ ' }, { plain: ` "{${guid}}" `, host: ' https://x/ ' }, [], []],
  ['what is no text', { id: 5, word: null, other: 'x' }, { id: 5, word: null, other: 'x' }, [], []],
]
for (const [what, raw, values, remarks, mistaken] of table) {
  test(`api F10: on the server: ${what}`, () => {
    const read = repair(settings, raw)
    assert.deepEqual([read.values, read.remarks.map(({ say }) => say), read.mistaken.map(({ say }) => say)], [values, remarks, mistaken])
  })
}

test('api F10: two mistakes are told with their names', () => {
  const { remarks, mistaken } = repair(settings, { id: `https://portal.example/${guid}`, word: guid })
  assert.deepEqual([remarks, mistaken], [[{ name: 'id', say: fromUrl.say }], [{ name: 'word', say: isId.say }]])
})

test('what was read is read the same again, in every mode and for any text', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^["{( ]{0,3}[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[")} ]{0,3}$/), fc.webUrl(), fc.constantFrom('graphmicrosoftcom/default', 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2', '""x""'))
  for (const { settings: schema } of modes) fc.assert(fc.property(fc.constantFrom(...Object.keys(schema.shape)), texts, (name, text) => {
    const once = repair(schema, { [name]: text })
    const twice = repair(schema, once.values)
    assert.deepEqual([twice.values, twice.remarks], [once.values, []])
  }), { numRuns: 300 })
})

test('mode smtp reads its settings exactly as they are typed: what they seal does not change', () => {
  const { settings: schema } = modes.find(({ id }) => id === 'smtp')!
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...Object.keys(schema.shape)), fc.anything()), (raw) => {
    assert.deepEqual(repair(schema, raw), { values: { ...raw }, remarks: [], mistaken: [] })
  }), { numRuns: 300 })
})

test('a text of any length is looked at in no time', () => {
  const began = performance.now()
  for (const { settings: schema } of modes) for (const name of Object.keys(schema.shape)) for (const bait of ['a', 'a.', 'a-', ',;', ' ,', 'https://a', '/tenantId/', '#@a.', '"']) {
    repair(schema, { [name]: `https://${bait.repeat(1_000)}\n!` })
    repair(schema, { [name]: `${bait.repeat(2_000 / bait.length)} !` })
    repair(schema, { [name]: bait.repeat(500_000) })
  }
  withinTime(since(began), { to: 5_000 })
})
