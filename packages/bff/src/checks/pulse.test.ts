// Why: Cloudflare's runtime ends a request that waits for nothing of its own; a timer of its own is what keeps it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withPulse } from './pulse.ts'

for (const end of ['resolve', 'reject'] as const) {
  test(`who waits for another request has a timer of its own for as long as that takes, and not longer: ${end}`, async (t) => {
    const [set, clear] = [t.mock.method(globalThis, 'setInterval'), t.mock.method(globalThis, 'clearInterval')]
    const other = Promise.withResolvers<string>()
    const waiting = withPulse(other.promise)
    await new Promise(setImmediate)
    assert.deepEqual([set.mock.callCount(), clear.mock.callCount()], [1, 0], 'while it waits')
    other[end]('settled')
    assert.equal(await waiting.catch((reason: unknown) => reason), 'settled')
    assert.deepEqual(clear.mock.calls.map(({ arguments: [timer] }) => timer), [set.mock.calls[0]?.result])
  })
}
