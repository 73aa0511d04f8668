// `network.request`: one question, one whole answer, nothing followed, nothing carried over, and a server that is left.
import { HttpTooLarge } from '../../packages/bff/src/ports/ports.ts'
import type { HttpReply, HttpRequest } from '../../packages/bff/src/ports/ports.ts'
import { gone } from './socket.suite.ts'
import type { Subject } from './subject.ts'
import { fails, holds, matches, pause, same, settles, within } from './suite.ts'
import type { Failure, Suite } from './suite.ts'
import type { Act, Peer, Seen, Shown, World } from './world.ts'

type Wish = Partial<Omit<HttpRequest, 'url'>> & { readonly path?: string; readonly host?: string; readonly limit?: number; readonly signal?: AbortSignal }

const ask = ({ ports }: Subject, { port }: Pick<Peer, 'port'>, { path = '/', host = 'localhost', limit = 100_000, signal = new AbortController().signal, method = 'GET', ...rest }: Wish = {}): Promise<HttpReply> =>
  within(ports.network.request({ host, address: '127.0.0.1', port }, { method, url: new URL(`https://${host}:${port}${path}`), ...rest }, limit, signal), 'an answer')

const answering = (...lines: readonly string[]): readonly Act[] => [{ tls: 'good' }, { hear: '\r\n\r\n' }, { say: lines.join('\r\n') }, { end: true }]
const page = (world: World, body: string, ...headers: readonly string[]): Promise<Peer> =>
  world.peer(...answering('HTTP/1.1 200 OK', ...headers, `content-length: ${new TextEncoder().encode(body).length}`, 'connection: close', '', body))

const heardBy = async (peer: Peer): Promise<Seen> => {
  const seen = await peer.seen()
  same(seen.length, 1, 'connections')
  return seen[0]!
}
const headersIn = ({ heard }: Seen): Record<string, string> =>
  Object.fromEntries(heard.split('\r\n\r\n')[0]!.split('\r\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))

/** What an attempt that never got through says of it: nothing left, as far as that is known. */
const unsent = ({ traits }: Subject, { code, syscall }: Failure, sent: number, codes: RegExp): void => {
  same(sent, traits.knowsUnsent ? 0 : 1, 'times it was said that the request leaves')
  if (traits.knowsUnsent) same([codes.test(code ?? ''), syscall], [true, 'connect'], `code ${code} and syscall`)
  else same([code !== undefined, syscall], [true, undefined], `a code, and no claim that nothing was sent: ${code}`)
}

const refusesCertificate = async (subject: Subject, world: World, shown: Shown): Promise<void> => {
  const peer = await world.peer({ tls: shown }, { hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' })
  let sent = 0
  const { code } = await fails(ask(subject, peer, { method: 'POST', body: 'client_secret=canary', onSent: () => { sent += 1 } }), `a certificate that is ${shown}`)
  holds(code, 'it has a code')
  same(sent, subject.traits.knowsUnsent ? 0 : 1, 'times it was said that the request leaves')
  for (const { heard } of await peer.seen()) same(heard, '', 'what the server could read')
}

export const requestSuite: Suite<Subject> = {
  'status, headers in lower case, and the text': async (subject, world) => {
    const peer = await page(world, 'hello', 'Content-Type: text/plain', 'X-Request-ID: 4711')
    const { status, headers, text } = await ask(subject, peer, { path: '/a/b?c=d&e=%20f' })
    same([status, headers['content-type'], headers['x-request-id'], text], [200, 'text/plain', '4711', 'hello'])
    holds(Object.keys(headers).every((name) => name === name.toLowerCase()), 'all names are in lower case')
    const { heard } = await heardBy(peer)
    matches(heard, /^GET \/a\/b\?c=d&e=%20f HTTP\/1\.1\r\n/, 'the request')
    same(headersIn(await heardBy(peer))['host'], `localhost:${peer.port}`)
  },
  'an error of the server is an answer like any other': async (subject, world) => {
    const peer = await world.peer(...answering('HTTP/1.1 503 Busy', 'retry-after: 7', 'content-length: 2', '', '{}'))
    const { status, headers, text } = await ask(subject, peer)
    same([status, headers['retry-after'], text], [503, '7', '{}'])
  },
  'UTF-8 is read as such, and a mark at its beginning is no part of the text': async (subject, world) => {
    same((await ask(subject, await page(world, '\uFEFF{"name":"Zoë \u{1F4E7}"}'))).text, '{"name":"Zoë \u{1F4E7}"}')
  },
  'an answer in chunks, and one that ends with the connection, come whole': async (subject, world) => {
    same((await ask(subject, await world.peer(...answering('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '3', 'abc', '2', 'de', '0', '', '')))).text, 'abcde')
    same((await ask(subject, await world.peer(...answering('HTTP/1.0 200 OK', '', 'until the end')))).text, 'until the end')
  },
  'a POST carries exactly the bytes of its body and the headers it was given': async (subject, world) => {
    const body = 'name=Zoë&secret=%26 \u{1F4E7}'
    const peer = await world.peer({ tls: 'good' }, { hear: 'secret=' }, { say: 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n' }, { end: true })
    same((await ask(subject, peer, { method: 'POST', body, headers: { 'content-type': 'text/plain', authorization: 'Bearer one' } })).status, 202)
    const seen = await heardBy(peer)
    const [, sent] = seen.heard.split('\r\n\r\n')
    same(sent, String.fromCharCode(...new TextEncoder().encode(body)))
    const headers = headersIn(seen)
    same([headers['content-type'], headers['authorization'], headers['content-length']], ['text/plain', 'Bearer one', String(sent!.length)])
  },
  'a redirect is not followed, and where it points to is told (threat T06)': async (subject, world) => {
    const other = await page(world, 'lured')
    for (const status of [301, 302, 303, 307, 308]) {
      const peer = await world.peer(...answering(`HTTP/1.1 ${status} Elsewhere`, `location: https://localhost:${other.port}/take`, 'content-length: 0', '', ''))
      const reply = await ask(subject, peer, { method: 'POST', body: 'client_secret=canary' })
      same([reply.status, reply.headers['location']], [status, `https://localhost:${other.port}/take`])
    }
    same(await other.seen(), [], 'connections to where it pointed')
  },
  'more bytes than allowed end it as HttpTooLarge, and the server sees us leave': async (subject, world) => {
    const peer = await world.peer({ tls: 'good' }, { hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\ncontent-length: 40000000\r\n\r\n' }, { flood: 40_000_000 })
    const { error } = await fails(ask(subject, peer, { limit: 10_000 }), 'an answer of 40 MB')
    same(error instanceof HttpTooLarge, true, 'it is HttpTooLarge')
    await gone(peer)
  },
  'exactly as many bytes as allowed pass, one more does not': async (subject, world) => {
    same((await ask(subject, await page(world, 'x'.repeat(5_000)), { limit: 5_000 })).text.length, 5_000)
    same((await fails(ask(subject, await page(world, 'x'.repeat(5_001)), { limit: 5_000 }), 'one byte too many')).error instanceof HttpTooLarge, true, 'it is HttpTooLarge')
  },
  'no compression is asked for, no cookie and nothing of another call is carried along': async (subject, world) => {
    const answer = 'HTTP/1.1 200 OK\r\nset-cookie: session=canary; Path=/\r\nwww-authenticate: Basic\r\ncontent-length: 2\r\n\r\nok'
    const turn = [{ hear: '\r\n\r\n' }, { say: answer }] as const
    const peer = await world.peer({ tls: 'good' }, ...turn, ...turn, { end: true })
    await ask(subject, peer, { headers: { authorization: 'Bearer of-tenant-one' } })
    await ask(subject, peer)
    const seen = await peer.seen()
    same(seen.length, subject.traits.ownConnections ? 2 : 1, 'connections')
    const [first = '', second = ''] = seen.flatMap(({ heard }) => heard.split('\r\n\r\n').filter(Boolean))
    for (const request of [first, second]) holds(!/accept-encoding: (?!identity)/i.test(request), `no compression is asked for: ${request}`)
    matches(first, /Bearer of-tenant-one/, 'the first request')
    holds(second.startsWith('GET / ') && !/cookie|authorization|canary|of-tenant-one/i.test(second), `nothing of the first call is in the second: ${second}`)
  },
  'it is said once that the request leaves': async (subject, world) => {
    let sent = 0
    await ask(subject, await page(world, 'ok'), { onSent: () => { sent += 1 } })
    same(sent, 1)
  },
  'nobody listens: nothing was sent, as far as that is known': async (subject, world) => {
    let sent = 0
    unsent(subject, await fails(ask(subject, { port: world.facts.closed }, { onSent: () => { sent += 1 } }), 'asking a closed port'), sent, /^ECONNREFUSED$/)
  },
  'a certificate for another name, one that has ended, one of an authority nobody knows: the server reads nothing': async (subject, world) => {
    for (const shown of ['wrongName', 'expired', 'private', 'selfSigned'] as const) await refusesCertificate(subject, world, shown)
  },
  'a server without encryption is refused': async (subject, world) => {
    const peer = await world.peer({ say: 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n' })
    holds((await fails(ask(subject, peer, { method: 'POST', body: 'client_secret=canary' }), 'a server that speaks in clear')).code, 'it has a code')
    for (const { heard } of await peer.seen()) holds(!heard.includes('canary'), 'nothing was sent in clear')
  },
  'a connection that ends before the answer, or in the middle of it, is an error with a code': async (subject, world) => {
    const cuts: readonly (readonly Act[])[] = [
      [{ reset: true }],
      [{ say: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it' }, { reset: true }],
      [{ say: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhalf' }, { end: true }],
    ]
    for (const cut of cuts) {
      const peer = await world.peer({ tls: 'good' }, { hear: '\r\n\r\n' }, ...cut)
      let sent = 0
      const { code, syscall } = await fails(ask(subject, peer, { onSent: () => { sent += 1 } }), 'an answer that is cut off')
      holds(code !== undefined && syscall !== 'connect', `a code, and no claim that nothing was sent: ${code} ${syscall}`)
      same(sent, 1, 'times it was said that the request leaves')
    }
  },
  'what is no HTTP is an error': async (subject, world) => {
    const peer = await world.peer({ tls: 'good' }, { hear: '\r\n\r\n' }, { say: '220 mail.demo.test ESMTP\r\n' }, { end: true })
    await fails(ask(subject, peer), 'an answer that is no HTTP')
  },
  'given up while the server is silent, it fails with the signal’s reason and the server sees us leave': async (subject, world) => {
    const [abort, reason] = [new AbortController(), new Error('too slow')]
    const peer = await world.peer({ tls: 'good' }, { hear: '\r\n\r\n' })
    const asking = ask(subject, peer, { signal: abort.signal })
    holds(!await settles(asking, 250), 'the server is silent')
    abort.abort(reason)
    same((await fails(asking, 'a request given up', 500)).error === reason, true, 'it is the signal’s reason')
    await gone(peer)
  },
  'given up in the middle of an answer, it fails with the signal’s reason and the server sees us leave': async (subject, world) => {
    const [abort, reason] = [new AbortController(), new Error('too slow')]
    const peer = await world.peer({ tls: 'good' }, { hear: '\r\n\r\n' }, { say: 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf' })
    const asking = ask(subject, peer, { signal: abort.signal })
    holds(!await settles(asking, 250), 'the rest never comes')
    abort.abort(reason)
    same((await fails(asking, 'a request given up', 500)).error === reason, true, 'it is the signal’s reason')
    await gone(peer)
  },
  'given up before it began, nothing is sent': async (subject, world) => {
    const [peer, reason] = [await page(world, 'ok'), new Error('nobody listens any more')]
    same((await fails(ask(subject, peer, { signal: AbortSignal.abort(reason) }), 'a request given up before')).error === reason, true, 'it is the signal’s reason')
    await pause(60)
    for (const { heard } of await peer.seen()) same(heard, '', 'what the server could read')
  },
}
