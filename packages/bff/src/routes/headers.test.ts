import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revisionsIn, traceOf } from './headers.ts'

const cases: [header: string | null, revisions: number[] | undefined][] = [
  [null, undefined], ['', undefined], ['*', undefined], [' * ', undefined], ['"3"', [3]], ['W/"3"', [3]], ['"1", "2"', [1, 2]],
  ['3', [Number.NaN]], ['"x"', [Number.NaN]], ['"1"x', [Number.NaN]], ['"-1"', [Number.NaN]], ['"1e3"', [Number.NaN]],
]

for (const [header, revisions] of cases) {
  test(`api S23: If-Match ${header === null ? 'absent' : `“${header}”`}`, () => {
    assert.deepEqual(revisionsIn(header), revisions)
  })
}

test('api S12: only a trace of the standard form is passed on', () => {
  const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  assert.equal(traceOf(new Headers({ traceparent: good })), good)
  for (const other of ['', 'x', good.toUpperCase(), `${good}-x`, good.replace('00-', 'ff-')]) assert.equal(traceOf(new Headers({ traceparent: other })), undefined)
})
