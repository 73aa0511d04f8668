// Plays the rows of the mail part on one runtime, and asks of each what the table promises.
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Canary } from '../e2e/canary.ts'
import { record } from '../figures.ts'
import { issue, makeAuthority } from '../peers/certificates.ts'
import { account, startPeer, wellBehaved } from '../peers/peer.ts'
import type { Peer } from '../peers/peer.ts'
import { startSilentPort } from '../peers/silent-port.ts'
import type { Network } from '../../packages/bff/src/ports/ports.ts'
import type { Told } from '../workerd/gateway.ts'
import { endsSo, faultOn, titleOf } from './mail-fault.ts'
import type { MailFault, World } from './mail-fault.ts'
import { encrypting } from './mail-encryption.ts'
import { reaching } from './mail-reach.ts'
import { delivering } from './mail-sending.ts'
import { signingIn } from './mail-signing-in.ts'
import { talking } from './mail-talking.ts'
import { closedPort } from '../peers/closed-port.ts'
import { Untimely, withinTime } from '../within-time.ts'

export type Edge = 'node' | 'workerd'
type Here = NonNullable<ReturnType<typeof faultOn>>

/** A gateway on one runtime, as its caller sees it. */
export interface Seat {
  /** The run of a draft. `network` stands in for the runtime's own, where that is possible. */
  check(body: unknown, wish: { readonly tenant: string; readonly network?: Network }): Promise<Told>
  /** Everything it has logged. */
  log(): string | Promise<string>
}

export interface Played extends Told {
  readonly peer: Peer | undefined
  /** Milliseconds the caller waited for the last word. */
  readonly took: number
  readonly password: string
}

export const mailFaults: readonly MailFault[] = [...reaching, ...talking, ...encrypting, ...signingIn, ...delivering]

export const makeWorld = async (): Promise<World> => {
  const [authority, stranger] = await Promise.all([makeAuthority(), makeAuthority('Authority nobody knows')])
  return { authority, stranger, certificate: await issue(authority) }
}

/** Rows before any of which a password may be on its way. */
const beforeSignIn = new Set(['inputs', 'name', 'address', 'connect', 'greeting', 'encryption', 'capabilities'])
/** What a server can get rid of before it notices that we hung up: our 256 KiB and what the system's buffers hold. */
const mostBytes = 12 * 1024 * 1024

interface Ground {
  readonly port: number
  readonly peer?: Peer
  close(): Promise<unknown>
}

const serve = async ({ script, good, deadTwin }: Here, world: World, secret: string): Promise<Ground> => {
  const peer = await startPeer(good ? wellBehaved({ certificate: world.certificate, user: { ...account, password: secret }, ...await good(world) }) : script!)
  const twin = deadTwin && await startSilentPort({ host: '127.0.0.9', port: peer.port })
  return { port: peer.port, peer, close: () => Promise.all([peer.close(), twin?.close()]) }
}

const groundFor = async (fault: Here, world: World, secret: string): Promise<Ground> => {
  if (fault.port === undefined) return serve(fault, world, secret)
  if (fault.port === 'dropped') return startSilentPort()
  return { port: fault.port === 'closed' ? await closedPort() : fault.port, close: async () => {} }
}

const draftFor = ({ good, values }: Here, port: number, secret: string) => {
  const typed = { host: 'localhost', port, security: good ? 'starttls' : 'none', authentication: 'password', username: account.username, password: secret, from: 'noreply@acme.example', ...values }
  const { password, ...settings } = Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined))
  const secrets = settings.authentication === 'password' ? { secrets: { password: { value: password } } } : { secrets: {} }
  const { username, ...anonymous } = settings
  return { mode: 'smtp', settings: settings.authentication === 'password' ? { ...anonymous, username } : anonymous, ...secrets, until: 'delivery', to: 'you@demo.test' }
}

const gone = async (peer: Peer | undefined): Promise<boolean> => {
  for (let turn = 0; peer && peer.open > 0 && turn < 20; turn += 1) await pause(50)
  return !peer || peer.open === 0
}

/** One run, with a password of its own, and what must be true after every one of them. */
export const play = async (fault: Here, seat: Seat, world: World): Promise<Played> => {
  const password = `Zq7!${randomBytes(9).toString('base64')}ö`
  const ground = await groundFor(fault, world, password)
  try {
    const began = performance.now()
    const told = await seat.check(draftFor(fault, ground.port, password), { tenant: randomUUID(), ...(fault.network && { network: fault.network }) })
    const took = performance.now() - began
    assert.ok(await gone(ground.peer), 'a connection is still open a second after the end')
    return { ...told, took, password, peer: ground.peer }
  } finally {
    await ground.close()
  }
}

/** The bound and half a second, in milliseconds. */
export const inTime = ({ bound }: { readonly bound: number }, took: number): boolean => took < bound * 1000 + 500

/** An answer that is late is waited for once more: late once is a busy machine, late twice is the product. */
export const timely = async <T extends { readonly took: number }>(fault: { readonly bound: number }, run: () => Promise<T>): Promise<T> => {
  const first = await run()
  return inTime(fault, first.took) ? first : run()
}

/** What is said, and how soon. */
export const judgeTelling = (fault: Here, { ended, verdict, took, rows, peer }: Played): void => {
  const finding = ended?.finding
  const seen = `${ended?.id}: ${finding?.code}: ${finding?.said}`
  assert.ok(endsSo(fault, ended?.id, finding?.code), seen)
  assert.equal(verdict, fault.code === undefined ? 'passed' : fault.unproven ? 'unproven' : 'failed')
  if (!inTime(fault, took)) throw new Untimely(`${Math.round(took)} ms, twice`)
  if (fault.at === undefined) assert.ok(fault.happened?.({ rows, heard: peer?.heard ?? [], took }), 'what passes without the fault has to show that it happened')
  if (fault.said) assert.match(finding?.said ?? '', fault.said)
  if (fault.words) assert.match(JSON.stringify(finding), fault.words)
  if (finding) assert.ok(finding.title && finding.cause && finding.fixes.length > 0 && finding.retry.text, 'it says what is true and what to do')
}

/** What the server saw, and what is nowhere to be found. */
export const judgeTraces = (fault: Here, { peer, events, password }: Played, log: string): void => {
  const secret = new Canary(password)
  assert.deepEqual(secret.in(JSON.stringify(events)), [], 'the password is in what was told')
  assert.deepEqual(secret.in(log), [], 'the password is in the log')
  if (!peer) return
  assert.equal(peer.connections, fault.connections ?? 1, 'nothing is tried twice')
  assert.ok(peer.said < mostBytes, `${peer.said} bytes`)
  assert.ok(peer.signIns().length <= 1, 'one sign-in at most')
  if (fault.at && [fault.at].flat().every((row) => beforeSignIn.has(row))) assert.deepEqual([peer.signIns(), secret.in(peer.heard.join('\n'))], [[], []], 'the password stayed here')
}

const broken = /uncaught|unhandled|"level":"error"|will never generate a response/i

/** A server without a fault. The first of these is for warming up: what is loaded with it is no part of any answer's time. */
export const goodCheck = (seat: Seat, world: World): Promise<Played> => play({ id: 'F35', what: 'a good server', good: () => ({}), bound: 2 }, seat, world)

/** Every row on this runtime, one test each; then the gateway stands as before. */
export const standOn = (runtime: Edge, seat: () => Seat, world: () => World, concurrency = 6): void => {
  describe(`faults of mail on ${runtime}`, { concurrency }, () => {
    for (const row of mailFaults) {
      const fault = faultOn(runtime, row)
      if (!fault) continue
      test(`fault ${fault.id} [${runtime}]: ${titleOf(fault)}`, async () => {
        const played = await timely(fault, () => play(fault, seat(), world()))
        record({ of: `fault ${fault.id} ${runtime}`, seconds: played.took / 1000, bound: fault.bound, what: fault.what, bytes: played.peer?.said ?? 0 })
        judgeTelling(fault, played)
        judgeTraces(fault, played, await seat().log())
      })
    }
  })

  test(`after all of it the next good check on ${runtime} passes, and nothing broke`, async () => {
    const { verdict, ended, took } = await goodCheck(seat(), world())
    assert.equal(verdict, 'passed', JSON.stringify(ended))
    withinTime(took, { to: 2500 })
    assert.doesNotMatch(await seat().log(), broken)
  })
}
