// Goal G6: killed 1,000 times in the middle of saving, nothing acknowledged is lost and nothing is half there.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { record } from '../figures.ts'
import { found, isWhole, startWriter, writerIn } from './kill-seat.ts'
import { folderFor } from './store-seat.ts'
import { withinTime } from '../within-time.ts'

interface Tally { kills: number; saves: number; lost: number; corrupt: number; back: number }

/** One file after the other hand: writes, is killed at any instant, is opened again, and so on. */
const lane = async (writer: string, path: string, kills: number, tally: Tally): Promise<void> => {
  let last = 0
  for (let n = 0; n < kills; n++) {
    const running = startWriter(writer, path)
    await running.begun
    await pause(randomInt(55))
    running.signal('SIGKILL')
    await running.ended
    const acknowledged = Math.max(last, running.acknowledged())
    const began = performance.now()
    const { gateway, sound } = await found(path)
    tally.back = Math.max(tally.back, performance.now() - began)
    tally.kills += 1
    tally.saves += acknowledged - last
    tally.lost += gateway && gateway.revision >= acknowledged ? 0 : 1
    tally.corrupt += sound && gateway && isWhole(gateway) ? 0 : 1
    last = gateway?.revision ?? last
  }
}

const sum = { kills: 0, saves: 0, lost: 0, corrupt: 0 }
after(() => record({ of: 'goal G6', ...sum }))

const rounds = 5
const kills = 1_000 / rounds

for (let round = 1; round <= rounds; round++) {
  test(`fault F78 [node], goal G6: killed ${kills} times at any instant of a save, everything acknowledged is there, whole (${round} of ${rounds})`, async (t) => {
    const folder = folderFor(t)
    const writer = await writerIn(folder)
    const tally: Tally = { kills: 0, saves: 0, lost: 0, corrupt: 0, back: 0 }
    const lanes = 4
    await Promise.all(Array.from({ length: lanes }, (_, n) => lane(writer, join(folder, `lane${n}.db`), kills / lanes, tally)))
    const { back, ...counted } = tally
    record({ of: 'fault F78 node', seconds: Math.round(back) / 1000, bound: 5, ...counted })
    for (const name of ['kills', 'saves', 'lost', 'corrupt'] as const) sum[name] += tally[name]
    t.diagnostic(JSON.stringify(counted))
    assert.deepEqual([tally.kills, tally.lost, tally.corrupt], [kills, 0, 0])
    assert.ok(tally.saves > kills, `only ${tally.saves} saves were acknowledged: it hardly wrote`)
    withinTime(back, { to: 5_500 }, 'until it could be read again')
  })
}

test('fault F78 [node]: a lost save is noticed by this very test', async (t) => {
  const folder = folderFor(t)
  const writer = await writerIn(folder)
  const path = join(folder, 'planted.db')
  const running = startWriter(writer, path)
  await running.begun
  await pause(30)
  running.signal('SIGKILL')
  await running.ended
  const { gateway } = await found(path)
  const file = new DatabaseSync(path)
  file.exec("UPDATE gateway SET revision = revision - 1")
  file.close()
  const planted = (await found(path)).gateway!
  assert.deepEqual([planted.revision, isWhole(gateway!), isWhole(planted)], [gateway!.revision - 1, true, false])
})
