// The same in workerd: the same servers, the same rows, one gateway for all of them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startResolver } from '../peers/resolver.ts'
import type { ResolverPeer } from '../peers/resolver.ts'
import type { World } from './mail-fault.ts'
import { resolverNames } from './mail-reach.ts'
import { workerdSeat } from './mail-seats.ts'
import type { OpenSeat } from './mail-seats.ts'
import { goodCheck, makeWorld, standOn } from './mail-stand.ts'

let world: World
let resolver: ResolverPeer
let seat: OpenSeat
before(async () => {
  world = await makeWorld()
  resolver = await startResolver(world.certificate, resolverNames)
  seat = await workerdSeat({ ca: world.authority.pem, resolver: resolver.url })
  await goodCheck(seat, world)
})
after(async () => { await Promise.all([seat?.close(), resolver?.close()]) })

standOn('workerd', () => seat, () => world)

test('fault F02 and F07 [workerd]: names were asked of the resolver, none for port 25, and no question is left behind', async () => {
  for (let turn = 0; resolver.waiting > 0 && turn < 20; turn += 1) await pause(50)
  assert.equal(resolver.waiting, 0)
  assert.ok(resolver.asked.includes('missing.demo.test') && resolver.asked.includes('silent.demo.test'))
  assert.ok(!resolver.asked.includes('mail.demo.test'))
})
