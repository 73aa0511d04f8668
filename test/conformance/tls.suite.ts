// `startTls`: who is let through, who is not, and that a refused line is freed.
import type { RawSocket, TlsFacts, TlsOptions } from '../../packages/bff/src/ports/ports.ts'
import { bytesOf, gone, open, read } from './socket.suite.ts'
import type { Subject } from './subject.ts'
import { eventually, fails, holds, pause, same, settles, within } from './suite.ts'
import type { Suite } from './suite.ts'
import type { Act, Peer, Shown, World } from './world.ts'

const usual: TlsOptions = { host: 'localhost', minVersion: '1.2' }
const asked = { hear: 'STARTTLS\r\n' } as const

/** A line that was in clear and is to be encrypted now. */
const agreed = async (subject: Subject, peer: Peer): Promise<RawSocket> => {
  const socket = await open(subject, peer)
  await socket.write(bytesOf('STARTTLS\r\n'))
  same(await read(socket, 4), '220\n')
  return socket
}

const offering = (world: World, ...then: readonly Act[]): Promise<Peer> => world.peer(asked, { say: '220\n' }, ...then)

type Secured = { readonly socket: RawSocket; readonly facts: TlsFacts; readonly peer: Peer }

const secured = async (subject: Subject, world: World, act: Act, options = usual): Promise<Secured> => {
  const peer = await offering(world, act, { echo: true })
  const { socket, facts } = await within((await agreed(subject, peer)).startTls(options), 'the handshake')
  return { socket, facts, peer }
}

/** A certificate that must not pass: told by a code, and the server is left. */
const refuses = async (subject: Subject, world: World, shown: Shown, code: RegExp, options = usual): Promise<void> => {
  const peer = await offering(world, { tls: shown }, { echo: true })
  const failure = await fails((await agreed(subject, peer)).startTls(options), `a handshake with a certificate that is ${shown}`)
  holds(failure.code && (subject.traits.tellsRefusal ? code : /^MGS_TLS$/).test(failure.code), `the code tells why as far as it is known: ${failure.code}`)
  same((await gone(peer)).heard.split('\r\n')[1] ?? '', '', 'nothing was said inside')
}

export const tlsSuite: Suite<Subject> = {
  'after the handshake bytes go both ways, and the server reads them inside the encryption': async (subject, world) => {
    const { socket, facts, peer } = await secured(subject, world, { tls: 'good' })
    same(facts.verified, true)
    await socket.write(bytesOf('EHLO inside'))
    same(await read(socket, 11), 'EHLO inside')
    socket.destroy()
    same((await gone(peer)).heard, 'STARTTLS\r\nEHLO inside')
  },
  'encryption from the first byte works on a fresh connection': async (subject, world) => {
    const peer = await world.peer({ tls: 'good' }, { say: '220 inside' }, { echo: true })
    const { socket } = await within((await open(subject, peer)).startTls(usual), 'the handshake')
    same(await read(socket, 10), '220 inside')
    socket.destroy()
    await gone(peer)
  },
  'three hundred thousand bytes come back whole through the encryption': async (subject, world) => {
    const { socket } = await secured(subject, world, { tls: 'good' })
    const sent = 'Lorem '.repeat(50_000)
    const writing = socket.write(bytesOf(sent))
    same((await read(socket, sent.length)) === sent, true, 'what came back is what was sent')
    await writing
    socket.destroy()
  },
  'an address is verified as an address': async (subject, world) => {
    const peer = await offering(world, { tls: 'good' }, { echo: true })
    const socket = await within(subject.ports.network.connect({ host: '127.0.0.1', address: '127.0.0.1', port: peer.port }, new AbortController().signal), 'a connection')
    await socket.write(bytesOf('STARTTLS\r\n'))
    await read(socket, 4)
    const { facts, socket: secure } = await within(socket.startTls({ ...usual, host: '127.0.0.1' }), 'the handshake')
    same(facts.verified, true)
    secure.destroy()
  },
  'a certificate for another name is refused': (subject, world) => refuses(subject, world, 'wrongName', /^ERR_TLS_CERT_ALTNAME_INVALID$/),
  'a certificate that has ended is refused': (subject, world) => refuses(subject, world, 'expired', /^CERT_HAS_EXPIRED$/),
  'a certificate that does not hold yet is refused': (subject, world) => refuses(subject, world, 'notYetValid', /^CERT_NOT_YET_VALID$/),
  'a certificate that vouches for itself is refused': (subject, world) => refuses(subject, world, 'selfSigned', /SELF_SIGNED/),
  'a certificate of an authority nobody knows is refused': (subject, world) => refuses(subject, world, 'private', /UNABLE_TO|SELF_SIGNED/),
  'an authority of the gateway’s own counts where the flag says so, and is of no use anywhere else': async (subject, world) => {
    const options = { ...usual, ca: world.facts.privateCa }
    if (!subject.ports.capabilities.customCa) return refuses(subject, world, 'private', /./, options)
    const { socket, facts } = await secured(subject, world, { tls: 'private' }, options)
    same(facts.verified, true)
    socket.destroy()
    // The usual roots stay.
    ;(await secured(subject, world, { tls: 'good' }, options)).socket.destroy()
    return refuses(subject, world, 'wrongName', /^ERR_TLS_CERT_ALTNAME_INVALID$/, options)
  },
  'the least version counts where the flag says so, and changes nothing anywhere else': async (subject, world) => {
    const options = { ...usual, minVersion: '1.3' } as const
    if (!subject.ports.capabilities.tlsVersion) return (await secured(subject, world, { tls: 'good', most: '1.2' }, options)).socket.destroy()
    const peer = await offering(world, { tls: 'good', most: '1.2' })
    await fails((await agreed(subject, peer)).startTls(options), 'a handshake below the least version')
    await gone(peer)
    return (await secured(subject, world, { tls: 'good', most: '1.3' }, options)).socket.destroy()
  },
  'below 1.2 nobody is let through': async (subject, world) => {
    const peer = await offering(world, { tls: 'good', most: '1.1' }, { echo: true })
    holds((await fails((await agreed(subject, peer)).startTls(usual), 'a handshake with TLS 1.1 at most')).code, 'it has a code')
    await gone(peer)
  },
  'what was agreed on can be read where the flag says so, and is not made up anywhere else': async (subject, world) => {
    const { socket, facts } = await secured(subject, world, { tls: 'good', most: '1.2' })
    socket.destroy()
    const { verified, ...detail } = facts
    same(verified, true)
    if (!subject.ports.capabilities.tlsDetail) return same(detail, {}, 'details')
    same([detail.protocol, detail.subject, detail.issuer], ['TLSv1.2', 'mail.demo.test', 'Demo mail authority'])
    holds(detail.cipher?.startsWith('TLS_') && Date.parse(detail.validTo ?? '') > Date.now(), `cipher and end are told: ${JSON.stringify(detail)}`)
  },
  'bytes in clear that wait for the handshake end it, and never count as said inside (threat T24)': async (subject, world) => {
    const peer = await offering(world, { wait: 40 }, { say: '250 fake\r\n' }, { tls: 'good' }, { echo: true })
    const socket = await agreed(subject, peer)
    await pause(150)
    const { code } = await fails(socket.startTls(usual), 'a handshake behind injected bytes')
    same(code, subject.traits.tellsInjection ? 'MGS_INJECTION' : 'MGS_TLS')
    socket.destroy()
    await gone(peer)
  },
  'a server that hangs up in the handshake: an error with a code': async (subject, world) => {
    const peer = await offering(world, { hear: '\x16' }, { reset: true })
    const { code } = await fails((await agreed(subject, peer)).startTls(usual), 'a handshake nobody finishes')
    holds(code, 'it has a code')
    await gone(peer)
  },
  'a server that answers the handshake in clear: an error with a code, and it is left': async (subject, world) => {
    const peer = await offering(world, { hear: '\x16' }, { say: '500 what is this\r\n' })
    holds((await fails((await agreed(subject, peer)).startTls(usual), 'a handshake with clear text')).code, 'it has a code')
    await gone(peer)
  },
  'destroyed while the handshake hangs, it fails and the server is left (threat T26)': async (subject, world) => {
    const peer = await offering(world)
    const socket = await agreed(subject, peer)
    const shaking = socket.startTls(usual)
    holds(!await settles(shaking, 250), 'the server never answers')
    socket.destroy()
    await fails(shaking, 'a handshake that was given up', 300)
    // Where the connection ends with its request, whoever runs the case asks afterwards what is left.
    if (subject.traits.freesStuck) await gone(peer)
  },
  'who still holds the line in clear ends the encrypted one with it': async (subject, world) => {
    const peer = await offering(world, { tls: 'good' }, { echo: true })
    const socket = await agreed(subject, peer)
    const { socket: secure } = await within(socket.startTls(usual), 'the handshake')
    await secure.write(bytesOf('inside'))
    same(await read(secure, 6), 'inside')
    socket.destroy()
    await gone(peer)
    same(await within(secure.read().catch(() => null), 'a read after the end'), null)
    secure.destroy()
  },
  'a reset inside the encryption is told with its code': async (subject, world) => {
    const peer = await offering(world, { tls: 'good' }, { say: 'x' }, { wait: 60 }, { reset: true })
    const { socket } = await within((await agreed(subject, peer)).startTls(usual), 'the handshake')
    same(await read(socket, 1), 'x')
    same((await fails(socket.read(), 'reading while the peer resets')).code, 'ECONNRESET')
    socket.destroy()
  },
  'an end without a farewell of TLS is an end': async (subject, world) => {
    const peer = await offering(world, { tls: 'good' }, { say: '221 bye' }, { end: true })
    const { socket } = await within((await agreed(subject, peer)).startTls(usual), 'the handshake')
    same(await read(socket, 99), '221 bye')
    socket.destroy()
    await eventually(() => peer.seen(), ([one]) => one?.state !== 'open', 'the server sees the end')
  },
}
