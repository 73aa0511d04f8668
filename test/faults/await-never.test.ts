// Goal G5, threat T56: what never comes to an end does not keep a check from its end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSandbox, trust } from '../../demo/sandbox/index.ts'
import { record } from '../figures.ts'
import { watchSockets } from '../peers/check.ts'
import { met, nameOf, openBench } from './await-runner.ts'
import type { ModeId } from './await-runner.ts'
import { instrumented } from './await-seat.ts'
import { withinTime } from '../within-time.ts'

/** Awaits on the network and in the library that never come to an end, a few of each mode. */
const stuck: readonly (readonly [ModeId, RegExp])[] = [
  ['smtp', /kits\/smtp\/reach\.ts: .*egress\.connect/], ['smtp', /kits\/smtp\/line\.ts: .*startTls/], ['smtp', /kits\/smtp\/conversation\.ts: .*mail\.compose|conversation\.ts: const composed/],
  ['smtp', /kits\/smtp\/patience\.ts/], ['smtp', /kits\/smtp\/conversation\.ts: .*delivery2?\.message|yield delivery\.message/], ['smtp-office365', /kits\/microsoft\/tokens\.ts: .*shelfOf/],
  ['smtp-office365', /kits\/smtp\/session\.ts: const first/], ['graph', /modes\/graph\/transport\.ts: const first/], ['graph', /kits\/microsoft\/ask\.ts: const reply/],
]

test('goal G5, threat T56: an await that never ends: the check ends within its 20 s and does not pass', async (t) => {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => { rejections.push(reason) }
  process.on('unhandledRejection', note)
  const sockets = watchSockets()
  const sandbox = await startSandbox()
  trust(sandbox.ca)
  t.after(async () => {
    process.off('unhandledRejection', note)
    sockets.stop()
    // What was connected, and never heard of by whoever wanted it, is held by nobody but this list.
    for (const socket of sockets.left()) socket.destroy()
    await sandbox.close()
  })
  const bounds = await Promise.all(stuck.map(async ([mode, place]) => {
    const copy = await instrumented()
    const bench = await openBench(copy, sandbox, mode)
    try {
      const wanted = (await met(copy, bench, 'check')).find(({ point }) => place.test(nameOf(copy, { point })))
      assert.ok(wanted, `no await at ${String(place)}`)
      await bench.forget()
      const began = performance.now()
      const { answer } = await copy.during({ ...wanted, how: 'never' }, () => bench.check())
      const seconds = (performance.now() - began) / 1000
      assert.ok(copy.disarm().fired)
      assert.ok(['failed', 'unproven'].includes(answer), `${answer}: ${nameOf(copy, wanted)}`)
      assert.notEqual(await bench.state(), 'verified')
      withinTime(seconds * 1000, { to: 21_500 }, nameOf(copy, wanted))
      return seconds
    } finally {
      await bench.close()
      copy.dispose()
    }
  }))
  record({ of: 'goal G5 never', seconds: Math.max(...bounds), points: bounds.length })
  assert.deepEqual(rejections, [])
})
