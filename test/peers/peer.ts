// Mail servers for tests that play any script and remember what was said to them.
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import type { Certificate } from '../../demo/sandbox/certificates.ts'
import { Conversation } from '../../demo/sandbox/conversation.ts'
import { Inbox } from '../../demo/sandbox/inbox.ts'
import { Dialogue } from '../../demo/sandbox/manners.ts'
import type { Manners } from '../../demo/sandbox/manners.ts'

export type { Manners }
export type Script = (talk: Talk) => Promise<void> | void

export const account = { username: 'mailer@demo.test', password: 'Gl4cier!näve quarry-77' }

/** A conversation whose client lines are kept, as the server reads them: inside the encryption where there is one. */
export class Talk extends Conversation {
  readonly #heard: string[]
  readonly #wire: net.Socket

  constructor(socket: net.Socket, heard: string[]) {
    super(socket)
    this.#heard = heard
    this.#wire = socket
  }

  /** Cuts the line with an RST instead of a FIN. */
  reset(): void {
    this.#wire.resetAndDestroy()
  }

  override async line(): Promise<string | null> {
    const line = await super.line()
    if (line !== null) this.#heard.push(line)
    return line
  }
}

export interface Peer {
  readonly port: number
  /** Every line every client said. */
  readonly heard: readonly string[]
  /** What was accepted. */
  readonly inbox: Inbox
  readonly connections: number
  /** Connections that are not over yet. */
  readonly open: number
  /** Bytes the network took from this server, encryption not counted: what it could say before we hung up. */
  readonly said: number
  /** Lines that carry or begin a sign-in. */
  signIns(): readonly string[]
  close(): Promise<void>
}

/** Plays `script` to whoever connects, on 127.0.0.1 and, where wanted, on another address of loopback. */
export const startPeer = async (script: Script, { host = '127.0.0.1', port = 0 } = {}): Promise<Peer> => {
  const heard: string[] = []
  const open = new Set<net.Socket>()
  let connections = 0
  let said = 0
  const taken = (socket: net.Socket): number => socket.bytesWritten - socket.writableLength
  const server = net.createServer((socket) => {
    connections += 1
    open.add(socket)
    socket.on('close', () => { open.delete(socket); said += taken(socket) }).on('error', () => {})
    const talk = new Talk(socket, heard)
    Promise.resolve(script(talk)).catch(() => { talk.hangUp() })
  }).listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    heard,
    inbox: new Inbox(),
    get connections() { return connections },
    get open() { return open.size },
    get said() { return [...open].reduce((sum, socket) => sum + taken(socket), said) },
    signIns: () => heard.filter((line) => /^AUTH\b/i.test(line)),
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}

export interface Good extends Manners {
  readonly certificate?: Certificate
  /** Encrypts from the first byte. */
  readonly tlsAtOnce?: boolean
  readonly tls?: tls.SecureContextOptions
  readonly inbox?: Inbox
  /** Who may sign in, if not the usual account. */
  readonly user?: typeof account
}

/** A proper mail server, except where its manners say otherwise. */
export const wellBehaved = ({ certificate, tlsAtOnce, tls: options, inbox = new Inbox(), user = account, ...manners }: Good = {}): Script => {
  const context = { secureContext: tls.createSecureContext({ ...certificate, ...options }) }
  return async (talk) => {
    if (tlsAtOnce) await talk.encrypt(context)
    await new Dialogue(talk, { title: 'peer', context, account: user, inbox }, manners).run()
  }
}

/** Says `greeting`, then answers each command by its verb; `script` may do anything instead. */
export const answering = (replies: Readonly<Record<string, string | ((talk: Talk, line: string) => Promise<void> | void)>>, greeting = '220 peer.test ESMTP'): Script => async (talk) => {
  await talk.say(greeting)
  for (let line = await talk.line(); line !== null; line = await talk.line()) {
    const reply = replies[line.slice(0, 4).toUpperCase().trim()] ?? '250 Ok'
    if (typeof reply === 'string') await talk.say(reply)
    else await reply(talk, line)
  }
}

/** Everything that crosses the line to a port, as bytes: what somebody in between would see. */
export interface Recorder {
  readonly port: number
  /** Bytes of the client, as Latin-1 so that every byte is one character. */
  sent(): string
  received(): string
  close(): Promise<void>
}

export const startRecorder = async (target: number): Promise<Recorder> => {
  const [sent, received]: [Buffer[], Buffer[]] = [[], []]
  const open = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const onward = net.connect({ host: '127.0.0.1', port: target })
    client.on('data', (bytes: Buffer) => sent.push(bytes)).pipe(onward)
    onward.on('data', (bytes: Buffer) => received.push(bytes)).pipe(client)
    for (const [one, other] of [[client, onward], [onward, client]] as const) {
      open.add(one)
      one.on('error', () => other.destroy()).on('close', () => { open.delete(one); other.destroy() })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    sent: () => Buffer.concat(sent).toString('latin1'),
    received: () => Buffer.concat(received).toString('latin1'),
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
