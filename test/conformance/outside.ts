// Everything outside the runtime under test: servers, a resolver, and the address where cases ask what was seen.
import { spawn } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { trust, startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { makeCertificates } from '../../demo/sandbox/certificates.ts'
import { tokenMark } from '../../demo/sandbox/microsoft/ids.ts'
import { bind } from '../../demo/sandbox/loopback.ts'
import { startMailServer } from './mail-server.ts'
import { startResolver } from './resolver.ts'
import { Client } from './script.ts'
import type { Act, Facts, Seen, Traffic, Typed } from './world.ts'
import { closedPort } from '../peers/closed-port.ts'

export interface Outside {
  readonly url: string
  /** Authorities the runtime under test is to trust, PEM. */
  readonly ca: string
  readonly clouds: Sandbox['microsoft']['clouds']
  /** Answers `application/dns-json` for the names in `resolver.ts`. */
  readonly resolver: string
  close(): Promise<void>
}

export interface OutsideOptions {
  /** Everything the adapter has logged so far. */
  readonly logged: () => string | Promise<string>
}

/** What any server of this process is asked from now on, by port: also servers that know nothing of it. */
const watchTraffic = () => {
  const [connections, requests] = [new Map<number, net.Socket[]>(), new Map<number, string[]>()]
  const listOf = <T>(map: Map<number, T[]>, port: number): T[] => map.get(port) ?? map.set(port, []).get(port)!
  const connected = (message: unknown) => { const { socket } = message as { socket: net.Socket }; listOf(connections, socket.localPort ?? 0).push(socket) }
  const asked = (message: unknown) => { const { request, socket } = message as { request: IncomingMessage; socket: net.Socket }; listOf(requests, socket.localPort ?? 0).push(`${request.method} ${request.url}`) }
  channel('net.server.socket').subscribe(connected)
  channel('http.server.request.start').subscribe(asked)
  return (port: number): Traffic => {
    const all = connections.get(port) ?? []
    return { connections: all.length, open: all.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length, requests: requests.get(port) ?? [] }
  }
}

/** A port whose queue is full: the machine drops what comes on top, as a firewall does. */
const openBlackHole = async (): Promise<{ port: number; close(): void }> => {
  const program = `const net=require('net');const one=net.createServer();one.listen({host:'127.0.0.1',port:0,backlog:1},()=>{const {port}=one.address();net.createServer().on('error',done).listen({host:'::1',port,backlog:1},done);function done(){process.stdout.write(String(port),()=>Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,300000))}})`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 300_000 })
  const [said] = await once(child.stdout, 'data') as [Buffer]
  const port = Number(said.toString())
  const held = ['127.0.0.1', '::1'].flatMap((host) => Array.from({ length: 6 }, () => net.connect({ host, port }).on('error', () => {})))
  await new Promise((resolve) => { setTimeout(resolve, 150) })
  return { port, close: () => { for (const socket of held) socket.destroy(); child.kill('SIGKILL') } }
}

const smtpTitles = { relay: 'without encryption or sign-in', starttls: 'with STARTTLS and a password', tls: 'with TLS from the start and a password' } as const

const typedIn = ({ ports, typed, account, microsoft }: Sandbox): Typed[] => [
  ...(['relay', 'starttls', 'tls'] as const).map((id): Typed => ({
    mode: 'smtp', title: smtpTitles[id], values: { ...typed(id).settings, ...(id !== 'relay' && { password: account.password }) },
    secrets: id === 'relay' ? [] : [account.password], smtp: [ports[id]], https: [],
  })),
  ...(['smtp-office365', 'graph'] as const).map((id): Typed => {
    const { settings, clientSecret } = microsoft.prepared(id)!
    const { authority, graph, smtpPort } = microsoft.clouds.find((cloud) => cloud.id === settings['cloud'])!
    const portOf = (url: string) => Number(new URL(url).port)
    return { mode: id, title: 'as an application', values: { ...settings, clientSecret }, secrets: [clientSecret], smtp: id === 'graph' ? [] : [smtpPort], https: id === 'graph' ? [portOf(authority), portOf(graph)] : [portOf(authority)] }
  }),
]

/** Starts all of it on loopback, and trusts its authorities in this process. */
export const startOutside = async ({ logged }: OutsideOptions): Promise<Outside> => {
  const [certificates, sandbox, hole, closed] = await Promise.all([makeCertificates(), startSandbox(), openBlackHole(), closedPort()])
  for (const ca of [certificates.ca, sandbox.ca]) trust(ca)
  const resolver = await startResolver(certificates.good)
  const trafficOf = watchTraffic()
  const servers: { close(): Promise<void> }[] = []
  const seenAt = new Map<number, () => readonly Seen[]>()
  let recent: (() => readonly Seen[])[] = []
  const mailsAt = new Map<number, () => readonly unknown[]>()
  const facts: Facts = { privateCa: certificates.privateCa, account: sandbox.account, typed: typedIn(sandbox), clouds: sandbox.microsoft.clouds, marks: [tokenMark], blackHole: hole.port, closed }

  const note = (port: number, seen: () => readonly Seen[]) => { seenAt.set(port, seen); recent.push(seen) }
  /** Some seconds are given: a runtime may end connections with the request they belong to. */
  const left = async (): Promise<readonly Seen[]> => {
    const asked = recent
    recent = []
    const open = () => asked.flatMap((seen) => seen()).filter(({ state }) => state === 'open')
    for (let tries = 100; tries > 0 && open().length > 0; tries--) await wait(40)
    return open().map((one) => ({ ...one, heard: one.heard.slice(0, 200) }))
  }
  const openPeer = async (script: readonly Act[]) => {
    const clients: Client[] = []
    const bound = await bind(() => net.createServer({ allowHalfOpen: true }, (socket) => {
      const client = new Client(socket)
      clients.push(client)
      client.play(script, certificates).catch(() => client.leave())
    }))
    servers.push({ close: async () => { for (const client of clients) client.leave(); await bound.close() } })
    note(bound.port, () => clients.map(({ seen }) => seen))
    return { port: bound.port }
  }
  const openMail = async (options: { readonly pipelining?: boolean }) => {
    const server = await startMailServer(sandbox.account, options)
    servers.push(server)
    note(server.port, server.seen)
    mailsAt.set(server.port, server.mails)
    return { port: server.port }
  }
  const answer = async (path: string, body: string): Promise<unknown> => {
    const port = Number(path.split('/')[2])
    if (path === '/facts') return facts
    if (path === '/delivered') return sandbox.inbox.list().length
    if (path === '/left') return left()
    if (path === '/now') return Date.now()
    if (path === '/peer') return openPeer(JSON.parse(body) as Act[])
    if (path === '/mail') return openMail(JSON.parse(body) as { pipelining?: boolean })
    if (path === '/logged') return (await logged()).split('\n').filter((line) => line.includes(JSON.parse(body) as string))
    if (path.startsWith('/traffic/')) return trafficOf(port)
    return (path.startsWith('/mails/') ? mailsAt : seenAt).get(port)?.()
  }
  const control = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => { body += chunk.toString() }).on('end', () => {
      answer(request.url ?? '', body).then((value) => response.end(JSON.stringify(value)), (error: Error) => response.writeHead(500).end(error.stack))
    })
  }).listen(0, '127.0.0.1')
  await once(control, 'listening')
  return {
    url: `http://127.0.0.1:${(control.address() as net.AddressInfo).port}`, ca: `${certificates.ca}\n${sandbox.ca}`,
    clouds: sandbox.microsoft.clouds, resolver: resolver.url,
    async close() {
      hole.close()
      control.closeAllConnections()
      await Promise.all([new Promise((resolve) => { control.close(resolve) }), sandbox.close(), resolver.close(), ...servers.map((server) => server.close())])
    },
  }
}
