// `network.connect` and the stream it gives: bytes, ends, and that nothing is left behind.
import type { RawSocket } from '../../packages/bff/src/ports/ports.ts'
import type { Subject } from './subject.ts'
import { eventually, fails, holds, pause, same, settles, within } from './suite.ts'
import type { Suite } from './suite.ts'
import type { Peer, Seen } from './world.ts'

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | null): string | null => bytes && new TextDecoder().decode(bytes)
export const never = new AbortController().signal

export const open = ({ ports }: Subject, { port }: Pick<Peer, 'port'>, signal: AbortSignal = never): Promise<RawSocket> =>
  within(ports.network.connect({ host: 'localhost', address: '127.0.0.1', port }, signal), 'a connection')

/** Reads until this many characters are there, or the end. */
export const read = async (socket: RawSocket, length: number): Promise<string> => {
  let text = ''
  while (text.length < length) {
    const chunk = textOf(await within(socket.read(), `${length} bytes, ${text.length} of them read`))
    if (chunk === null) break
    text += chunk
  }
  return text
}

const only = (seen: readonly Seen[]): Seen => {
  same(seen.length, 1, 'connections')
  return seen[0]!
}

/** The server's word that nothing of ours is open any more. */
export const gone = async (peer: Peer): Promise<Seen> =>
  only(await eventually(() => peer.seen(), (all) => all.length > 0 && all.every(({ state }) => state !== 'open'), 'the server sees the connection end'))

export const socketSuite: Suite<Subject> = {
  'bytes arrive in order, then null, as often as asked': async (subject, world) => {
    const peer = await world.peer({ say: 'one' }, { wait: 30 }, { say: 'two' }, { end: true })
    const socket = await open(subject, peer)
    same(await read(socket, 99), 'onetwo')
    same([await socket.read(), await socket.read()], [null, null])
    socket.destroy()
  },
  'what came before anybody read is not lost': async (subject, world) => {
    const socket = await open(subject, await world.peer({ say: 'early' }, { end: true }))
    await pause(80)
    same(await read(socket, 99), 'early')
    socket.destroy()
  },
  'one connection, and what is written arrives as it is, every byte value': async (subject, world) => {
    const peer = await world.peer({ echo: true })
    const socket = await open(subject, peer)
    const all = Uint8Array.from({ length: 256 }, (_, n) => n)
    await socket.write(all)
    const back: number[] = []
    while (back.length < 256) back.push(...await within(socket.read(), 'the echo') ?? [])
    same(back, [...all])
    socket.destroy()
    same((await gone(peer)).bytes, 256)
  },
  'four million bytes come whole, however they are cut': async (subject, world) => {
    const size = 4_000_000
    const socket = await open(subject, await world.peer({ flood: size }, { end: true }))
    let at = 0
    for (let chunk = await socket.read(); chunk; chunk = await within(socket.read(), 'more of the flood')) {
      for (const byte of chunk) if (byte !== at++ % 251) throw new Error(`byte ${at - 1} is ${byte}`)
    }
    same(at, size, 'bytes')
    socket.destroy()
  },
  'a million bytes go out and come back while both are under way': async (subject, world) => {
    const socket = await open(subject, await world.peer({ echo: true }))
    const size = 1_048_576
    const sent = Uint8Array.from({ length: size }, (_, n) => (n * 7) % 253)
    const writing = (async () => { for (let at = 0; at < size; at += 100_000) await socket.write(sent.slice(at, at + 100_000)) })()
    let at = 0
    while (at < size) for (const byte of await within(socket.read(), 'the echo') ?? []) if (byte !== (at++ * 7) % 253) throw new Error(`byte ${at - 1} is ${byte}`)
    await writing
    socket.destroy()
  },
  'a server that does not read holds writing up, so that nothing piles up here': async (subject, world) => {
    const peer = await world.peer({ wait: 1_200 })
    const socket = await open(subject, peer)
    const chunk = new Uint8Array(1_048_576)
    let written = 0
    const writing = (async () => { for (let n = 0; n < 48; n++) { await socket.write(chunk); written += 1 } })()
    holds(!await settles(writing, 600), `48 MB were not taken from us while the server slept; ${written} MB were`)
    socket.destroy()
    await fails(writing, 'a write that was under way when the connection was freed')
    await gone(peer)
  },
  'nobody is read from unless asked: a flood waits at the sender': async (subject, world) => {
    const peer = await world.peer({ flood: 64_000_000 }, { end: true })
    const socket = await open(subject, peer)
    await read(socket, 1)
    await pause(300)
    socket.destroy()
    await gone(peer)
  },
  'a peer that says it is done ends the line both ways': async (subject, world) => {
    const peer = await world.peer({ say: 'bye' }, { end: true })
    const socket = await open(subject, peer)
    same(await read(socket, 99), 'bye')
    await gone(peer)
    await fails(socket.write(bytesOf('too late')), 'writing after the peer has ended')
    socket.destroy()
  },
  'a reset is an error with a code, for the read that waits for it': async (subject, world) => {
    const socket = await open(subject, await world.peer({ wait: 40 }, { reset: true }))
    same((await fails(socket.read(), 'reading while the peer resets')).code, 'ECONNRESET')
    socket.destroy()
  },
  'a reset nobody waited for is told to the next read and the next write': async (subject, world) => {
    const socket = await open(subject, await world.peer({ wait: 30 }, { reset: true }))
    await pause(200)
    const { code } = await fails(socket.read(), 'reading after a reset')
    same(code, 'ECONNRESET')
    holds((await fails(socket.write(bytesOf('x')), 'writing after a reset')).code, 'the write tells a code')
    socket.destroy()
  },
  'destroyed, the server sees the end; a read says null, a write fails, twice is harmless': async (subject, world) => {
    const peer = await world.peer()
    const socket = await open(subject, peer)
    await socket.write(bytesOf('hello'))
    socket.destroy()
    socket.destroy()
    await gone(peer)
    same(await within(socket.read(), 'a read after the end'), null)
    await fails(socket.write(bytesOf('more')), 'writing after the end')
    same((await peer.seen())[0]?.heard, 'hello')
  },
  'destroyed while a read waits, the read says null': async (subject, world) => {
    const peer = await world.peer()
    const socket = await open(subject, peer)
    const reading = socket.read()
    await pause(30)
    socket.destroy()
    same(await within(reading, 'the read that waited'), null)
    await gone(peer)
  },
  'destroyed while the server neither reads nor ends, the connection goes all the same': async (subject, world) => {
    const peer = await world.peer({ wait: 900 })
    const socket = await open(subject, peer)
    const writing = socket.write(new Uint8Array(24_000_000))
    await settles(writing, 100)
    socket.destroy()
    await fails(writing, 'the write that was under way', 300)
    // Where the connection ends with its request, whoever runs the case asks afterwards what is left.
    if (!subject.traits.freesStuck) return
    const { bytes } = await gone(peer)
    holds(bytes < 24_000_000, `what was not taken yet is dropped: ${bytes} bytes arrived`)
  },
  'a port nobody listens on is an error with a code, soon': async (subject, world) => {
    const { code } = await fails(open(subject, { port: world.facts.closed }), 'connecting to a closed port', 2_000)
    same(code, subject.traits.tellsRefused ? 'ECONNREFUSED' : 'MGS_UNREACHED')
  },
  'given up before it began, nobody is called': async (subject, world) => {
    const peer = await world.peer()
    const reason = new Error('nobody listens any more')
    same((await fails(open(subject, peer, AbortSignal.abort(reason)), 'an attempt given up before')).error === reason, true, 'it is the signal’s reason')
    await pause(60)
    same((await peer.seen()).filter(({ state }) => state === 'open').length, 0, 'connections left')
  },
  'given up at once, it fails with the signal’s reason and leaves nothing open': async (subject, world) => {
    const peer = await world.peer()
    const [abort, reason] = [new AbortController(), new Error('changed our mind')]
    const attempt = open(subject, peer, abort.signal)
    abort.abort(reason)
    same((await fails(attempt, 'an attempt given up')).error === reason, true, 'it is the signal’s reason')
    await eventually(() => peer.seen(), (all) => all.every(({ state }) => state !== 'open'), 'no connection is left open')
  },
  'given up while the packets are dropped, it fails at once': async (subject, world) => {
    const [abort, reason] = [new AbortController(), new Error('too slow')]
    const attempt = open(subject, { port: world.facts.blackHole }, abort.signal)
    holds(!await settles(attempt, 200), 'nobody answers')
    abort.abort(reason)
    same((await fails(attempt, 'an attempt into a black hole', 500)).error === reason, true, 'it is the signal’s reason')
  },
}
