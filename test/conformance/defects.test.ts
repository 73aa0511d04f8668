// Why: a suite that passes everything proves nothing. Adapters that are broken on purpose, and the case that must name each.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { memoryStore } from '../../packages/bff/src/adapters/memory/store.ts'
import { nodePorts } from '../../packages/bff/src/node.ts'
import type { Driver, MailLibrary, Network, Ports, RawSocket } from '../../packages/bff/src/ports/ports.ts'
import type { Store } from '../../packages/bff/src/ports/store.ts'
import { nodeTraits } from './node.traits.ts'
import { startOutside } from './outside.ts'
import type { Outside } from './outside.ts'
import { storeSuite } from './store.suite.ts'
import type { Subject } from './subject.ts'
import { suites } from './suites.ts'
import { worldAt } from './world.ts'
import type { World } from './world.ts'

let outside: Outside
let world: World
let logged = ''
before(async () => {
  outside = await startOutside({ logged: () => logged })
  world = await worldAt(outside.url)
})
after(() => outside.close())

const good: Subject['ports'] = nodePorts({ store: 'memory:', log: () => {} })
const { network, mail, clock, capabilities } = good

const wrapped = (socket: RawSocket, change: (socket: RawSocket) => Partial<RawSocket>): RawSocket =>
  ({ read: () => socket.read(), write: (bytes) => socket.write(bytes), startTls: (options) => socket.startTls(options), destroy: () => socket.destroy(), ...change(socket) })
const socketsWith = (change: (socket: RawSocket) => Partial<RawSocket>): Partial<Subject['ports']> =>
  ({ network: { ...network, connect: async (target, signal) => wrapped(await network.connect(target, signal), change) } })
const networkWith = (change: Partial<Network>): Partial<Subject['ports']> => ({ network: { ...network, ...change } })
const mailWith = (change: Partial<MailLibrary>): Partial<Subject['ports']> => ({ mail: { ...mail, ...change } })
const driverWith = (change: (driver: Driver) => Partial<Driver>): Partial<Subject['ports']> => mailWith({
  drive(...given) {
    const driver = mail.drive(...given)
    return { hello: () => driver.hello(), signIn: (one) => driver.signIn(one), send: (one) => driver.send(one), quit: () => driver.quit(), destroy: () => driver.destroy(), ...change(driver) }
  },
})

const follow: Network['request'] = async (target, request, most, signal) => {
  const reply = await network.request(target, request, most, signal)
  const to = reply.headers['location'] && new URL(reply.headers['location'])
  return to ? network.request({ ...target, port: Number(to.port) }, { ...request, url: to }, most, signal) : reply
}

type Defect = readonly [title: string, ports: Partial<Subject['ports']>, suite: string, caught: string]

const defects: readonly Defect[] = [
  ['a lookup that does not heed its signal', networkWith({ lookup: (host) => network.lookup(host, new AbortController().signal) }), 'network.lookup', 'given up before it began, it fails with the signal’s reason'],
  ['a lookup that calls every address IPv4', networkWith({ lookup: async (...given) => (await network.lookup(...given)).map(({ address }) => ({ address, family: 4 })) }), 'network.lookup', 'an address stands for itself, of either family'],
  ['a lookup that answers a missing name with nothing', networkWith({ lookup: (...given) => network.lookup(...given).catch(() => []) }), 'network.lookup', 'a name that does not exist is an error with the code the resolver has for it'],

  ['destroy that does nothing', socketsWith(() => ({ destroy() {} })), 'network.connect', 'destroyed, the server sees the end; a read says null, a write fails, twice is harmless'],
  ['a reset taken for an end', socketsWith((socket) => ({ read: () => socket.read().catch(() => null) })), 'network.connect', 'a reset is an error with a code, for the read that waits for it'],
  ['a write that answers before the peer has taken anything', socketsWith((socket) => ({ async write(bytes) { socket.write(bytes).catch(() => {}) } })), 'network.connect', 'a server that does not read holds writing up, so that nothing piles up here'],
  ['a connection that does not heed its signal', networkWith({ connect: (target) => network.connect(target, new AbortController().signal) }), 'network.connect', 'given up while the packets are dropped, it fails at once'],

  ['an upgrade that goes on in clear', socketsWith((socket) => ({ startTls: async () => ({ socket, facts: { verified: true } }) })), 'RawSocket.startTls', 'a certificate that vouches for itself is refused'],
  ['an upgrade that verifies another name than was asked for', socketsWith((socket) => ({ startTls: (options) => socket.startTls({ ...options, host: 'mail.other-company.test' }) })), 'RawSocket.startTls', 'a certificate for another name is refused'],
  ['an upgrade that ignores the least version, and says that it heeds it', socketsWith((socket) => ({ startTls: (options) => socket.startTls({ ...options, minVersion: '1.2' }) })), 'RawSocket.startTls', 'the least version counts where the flag says so, and changes nothing anywhere else'],
  ['an upgrade that drops what was injected', socketsWith((socket) => ({ startTls: async (options) => { await socket.read(); return socket.startTls(options) } })), 'RawSocket.startTls', 'bytes in clear that wait for the handshake end it, and never count as said inside (threat T24)'],

  ['a request without a limit', networkWith({ request: (target, request, _most, signal) => network.request(target, request, Infinity, signal) }), 'network.request', 'exactly as many bytes as allowed pass, one more does not'],
  ['a request that follows a redirect', networkWith({ request: follow }), 'network.request', 'a redirect is not followed, and where it points to is told (threat T06)'],
  ['a request that never says that it leaves', networkWith({ request: (target, { onSent: _, ...request }, ...rest) => network.request(target, request, ...rest) }), 'network.request', 'it is said once that the request leaves'],
  ['a request that is sent again after it broke', networkWith({ request: (...given) => network.request(...given).catch(() => network.request(...given)) }), 'network.request', 'a connection that ends before the answer, or in the middle of it, is an error with a code'],

  ['a library that puts the envelope into the header', mailWith({ compose: (message) => mail.compose({ ...message, from: { address: message.envelopeFrom ?? message.from.address } }) }), 'mail', 'the envelope is the From address, unless another is wished for; the header keeps From'],
  ['a tap that misses what is said', mailWith({ drive: (socket, greeting, name, tap) => mail.drive(socket, greeting, name, { sent() {}, received: (bytes) => tap.received(bytes), ended: (error) => tap.ended(error) }) }), 'mail', 'a message arrives as it was composed, and the tap heard and saw every byte'],
  ['a quit without QUIT', driverWith((driver) => ({ quit: () => driver.destroy() })), 'mail', 'quit says QUIT, waits for nothing and leaves'],
  ['a sign-in that tries twice', driverWith((driver) => ({ async signIn(credentials) { await driver.signIn(credentials); await driver.signIn(credentials) } })), 'mail', 'a refused password is tried once, and the refusal is heard'],

  ['a clock in seconds', { clock: { ...clock, now: () => Date.now() / 1000 } }, 'clock', 'now is milliseconds since 1970, as the outside has it'],
  ['a clock that goes back', { clock: { ...clock, elapsed: () => -performance.now() } }, 'clock', 'elapsed never goes back'],

  ['a log of several lines', { log: (event) => { logged += `${JSON.stringify({ time: new Date(), ...event }, null, 1)}\n` } }, 'log', 'one line of JSON a call, with time, level and event'],
  ['a log that writes whatever it is given', { log: ({ fields, ...event }) => { logged += `${JSON.stringify({ time: new Date(), ...event, ...fields, socket: {} })}\n` } }, 'log', 'only texts, numbers and truths are written, whatever else is handed over (threat T11)'],
  ['a log without levels', { log: ({ fields, ...event }) => { logged += `${JSON.stringify({ time: new Date(), ...event, ...fields })}\n` } }, 'log', 'what is below the level is not written, and no call throws'],

  ['a flag that denies what works', { capabilities: { ...capabilities, customCa: false } }, 'RawSocket.startTls', 'an authority of the gateway’s own counts where the flag says so, and is of no use anywhere else'],
  ['a flag that promises what does not work', { capabilities, ...socketsWith((socket) => ({ startTls: ({ ca: _, ...options }) => socket.startTls(options) })) }, 'RawSocket.startTls', 'an authority of the gateway’s own counts where the flag says so, and is of no use anywhere else'],
  ['details where the flag denies them', { capabilities: { ...capabilities, tlsDetail: false } }, 'RawSocket.startTls', 'what was agreed on can be read where the flag says so, and is not made up anywhere else'],
  ['a flag that is missing', { capabilities: { port25: true, privateNetwork: true } as Ports['capabilities'] }, 'capabilities', 'every flag is declared, true or false'],
  ['a port that is said to be closed', { capabilities: { ...capabilities, port25: false } }, 'capabilities', 'port 25 is not refused by the runtime where the flag says so; where only production can tell, the careful answer is declared'],

  ['a second connection for a run', networkWith({ connect: async (...given) => { (await network.connect(...given)).destroy(); return network.connect(...given) } }), 'mode smtp', 'to the network: no sign-in, no token'],
  ['a connection that outlives the run', socketsWith(() => ({ destroy() {} })), 'mode smtp', 'given up in the middle, it ends unproven at once and leaves the server'],
  ['a token asked for twice', networkWith({ request: async (target, request, ...rest) => { if (request.method === 'POST') await network.request(target, request, ...rest); return network.request(target, request, ...rest) } }), 'mode graph', 'to the identity: nothing is sent'],
  ['a library that composes nothing', mailWith({ compose: () => Promise.reject(new Error('no')) }), 'mode smtp', 'to delivery: every row is closed, one connection, one message'],
]

const storesBroken: readonly (readonly [title: string, change: (store: Store) => Partial<Store>, caught: RegExp])[] = [
  ['two writers of whom both win', (store) => ({ putGateway: async (gateway, revision) => await store.putGateway(gateway, revision) || store.putGateway(gateway, (await store.getGateway(gateway.tenant, gateway.id))?.revision ?? null) }), /exactly one wins/],
  ['tenants that see each other’s tokens', (store) => ({ getToken: (_tenant, key) => store.getToken('acme', key) }), /tenants do not see each other’s tokens/],
  ['runs that are kept without end', (store) => ({ putRun: (run) => store.putRun({ ...run, view: { ...run.view, verdict: run.view.verdict ?? 'unproven' } }) }), /the newest 500 runs are kept/],
  ['an allowance that is never used up', () => ({ takeTest: async () => 0 }), /exactly as many pass as the allowance has/],
]

describe('broken adapters', { concurrency: 8 }, () => {
  for (const [title, ports, suite, caught] of defects) test(`a planted defect is named: ${title}: ${suite}: ${caught}`, async () => {
    const run = suites[suite]?.[caught]
    assert.ok(run, `${suite} has no case ${caught}`)
    await assert.rejects(run({ ports: { ...good, ...ports }, traits: nodeTraits }, world))
  })

  for (const [title, change, caught] of storesBroken) test(`a planted defect is named: ${title}`, async () => {
    const name = Object.keys(storeSuite).find((one) => caught.test(one))
    assert.ok(name, `the store's suite has no case like ${caught}`)
    const store = memoryStore()
    await assert.rejects(storeSuite[name]!({ ...store, ...change(store) }))
    await storeSuite[name]!(memoryStore())
  })
})
