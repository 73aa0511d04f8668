import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKeyring } from './keyring.ts'

const bytes = (length: number, fill = 3) => Buffer.from(Array.from({ length }, (_, at) => (at * 11 + fill) % 256))
const good = bytes(32).toString('base64')

test('the first key seals, all of them open', () => {
  const reading = readKeyring(`2:${bytes(32, 9).toString('base64')}, 1:${good}`)
  assert.ok(reading.ok)
  assert.equal(reading.keyring.current.version, '2')
  assert.deepEqual(reading.keyring.all.map(({ version }) => version), ['2', '1'])
  assert.deepEqual(Buffer.from(reading.keyring.find('1')!.bytes), bytes(32))
  assert.equal(reading.keyring.find('3'), undefined)
})

test('base64 and base64url are the same key, padded or not', () => {
  for (const text of [good, bytes(32).toString('base64url'), good.replace('=', '')]) assert.ok(readKeyring(`1:${text}`).ok)
})

const wrong: [what: string, text: string][] = [
  ['nothing', ''], ['commas', ',,'], ['no version', good], ['a word for a version', `one:${good}`], ['version zero', `0:${good}`],
  ['31 bytes', `1:${bytes(31).toString('base64')}`], ['33 bytes', `1:${bytes(33).toString('base64')}`], ['no base64', `1:${'!'.repeat(44)}`],
  ['one version twice', `1:${good},1:${bytes(32, 5).toString('base64')}`], ['one byte repeated', `1:${Buffer.alloc(32).toString('base64')}`],
  ['one good and one bad', `2:${good},1:short`],
]

test('api S13: a key of another length is told how long it has to be, also where it is the only one', () => {
  for (const text of ['1:c2hvcnQ=', `2:${good},1:c2hvcnQ=`]) {
    const reading = readKeyring(text)
    assert.ok(!reading.ok && /each key holds 32 bytes/.test(reading.problem))
  }
})

for (const [what, text] of wrong) {
  test(`api S13: ${what} is refused, and none of the text is repeated`, () => {
    const reading = readKeyring(text)
    assert.ok(!reading.ok)
    assert.ok(reading.problem.length > 10)
    for (const part of text.split(/[,:]/).filter((one) => one.length > 8)) assert.ok(!reading.problem.includes(part))
  })
}
