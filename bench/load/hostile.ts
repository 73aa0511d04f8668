import { once } from 'node:events'
import net from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { answerTo } from '../process.ts'

/** What a hostile mail server does with whoever dials it. Each holds a check for seconds, none ends it well. */
type Manner = (socket: Socket) => void

const say = (socket: Socket, text: string): void => { if (!socket.destroyed) socket.write(text) }

/** Calls until the connection is gone. */
const every = (socket: Socket, ms: number, act: () => void): void => {
  const timer = setInterval(act, ms)
  socket.once('close', () => clearInterval(timer))
}

const onLine = (socket: Socket, answer: (line: string) => void): void => {
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    const lines = `${text}${part}`.split('\r\n')
    text = lines.pop()!.slice(-1024)
    for (const line of lines) answer(line)
  })
}

/** Greets and answers EHLO, then what `then` does with every other line. */
const talkative = (offer: string, then: (socket: Socket, line: string) => void): Manner => (socket) => {
  say(socket, '220 hostile.test\r\n')
  onLine(socket, (line) => (/^EHLO/i.test(line) ? say(socket, `250-hostile.test\r\n250 ${offer}\r\n`) : then(socket, line)))
}

const drip = (socket: Socket, text: string): void => {
  let at = 0
  every(socket, 250, () => say(socket, text[at++ % text.length]!))
}

/** One of each kind of F106's row: silent, dripping, endless challenges, endless replies, a handshake that hangs. */
const manners = {
  silent: (socket: Socket) => { socket.resume() },
  drip: (socket: Socket) => { socket.resume(); drip(socket, `220-${'hostile'.repeat(40)}`) },
  challenges: talkative('AUTH PLAIN LOGIN', (socket) => { setTimeout(() => say(socket, '334 QW5kIG9uY2UgbW9yZTo=\r\n'), 2000) }),
  replies: (socket: Socket) => {
    say(socket, '220 hostile.test\r\n')
    onLine(socket, () => every(socket, 20, () => say(socket, '250-AND-ANOTHER-EXTENSION-WITHOUT-END\r\n')))
  },
  flood: (socket: Socket) => {
    say(socket, '220 hostile.test\r\n')
    onLine(socket, () => setTimeout(() => say(socket, '250-AND-ANOTHER-EXTENSION-WITHOUT-END\r\n'.repeat(20_000)), 4000))
  },
  handshake: talkative('STARTTLS', (socket, line) => { if (/^STARTTLS/i.test(line)) say(socket, '220 go on\r\n') }),
  record: talkative('STARTTLS', (socket, line) => {
    if (!/^STARTTLS/i.test(line)) return
    say(socket, '220 go on\r\n')
    // The beginning of a TLS record of 16 KiB that never comes to its end.
    setTimeout(() => { say(socket, '\x16\x03\x03\x40\x00'); drip(socket, '\x02') }, 200)
  }),
} satisfies Record<string, Manner>

export interface Hostile {
  readonly kind: string
  readonly port: number
}

const servers: net.Server[] = []

const open = async (kind: keyof typeof manners): Promise<Hostile> => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    manners[kind](socket)
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { kind, port: (server.address() as AddressInfo).port }
}

answerTo({
  open: (count: number) => Promise.all(Array.from({ length: count }, (_, at) => open(Object.keys(manners)[at % Object.keys(manners).length] as keyof typeof manners))),
  /** Connections that are open now. */
  connections: async () => {
    const counts = await Promise.all(servers.map((server) => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))))
    return counts.reduce((sum, count) => sum + count, 0)
  },
})
