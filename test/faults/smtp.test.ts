// What a mail server, a network or a name service may do wrong, on Node: what is said, how soon, and that nothing stays open.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { trust } from '../../demo/sandbox/certificates.ts'
import { settled, timers, watchSockets } from '../peers/check.ts'
import type { World } from './mail-fault.ts'
import { nodeSeat } from './mail-seats.ts'
import type { OpenSeat } from './mail-seats.ts'
import { goodCheck, makeWorld, standOn } from './mail-stand.ts'

let world: World
let seat: OpenSeat
let timersBefore = 0
const sockets = watchSockets()
const unhandled: unknown[] = []
process.on('unhandledRejection', (reason) => { unhandled.push(reason) })

before(async () => {
  world = await makeWorld()
  trust(world.authority.pem)
  seat = nodeSeat()
  await goodCheck(seat, world)
  timersBefore = timers()
})
after(async () => { await seat?.close() })

standOn('node', () => seat, () => world)

test('fault F14, F27, F43 and F53 [node]: after all of it no socket, no timer and no rejection is left', async () => {
  await settled()
  assert.deepEqual([sockets.left().length, timers() - timersBefore, unhandled], [0, 0, []])
  sockets.stop()
})
