import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import net from 'node:net'
import { after, test } from 'node:test'
import type { RawSocket } from '../../ports/ports.ts'
import { nodeNetwork } from './network.ts'
import { openSocket } from './socket.ts'

const servers: net.Server[] = []
after(() => { for (const server of servers) server.close() })
const serve = async (script: (socket: net.Socket) => void): Promise<number> => {
  const server = net.createServer((socket) => { socket.on('error', () => {}); script(socket) }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as net.AddressInfo).port
}
const never = new AbortController().signal
const open = (port: number, signal = never): Promise<RawSocket> => openSocket({ host: 'localhost', address: '127.0.0.1', port }, signal)
const text = (bytes: Uint8Array | null): string | null => (bytes ? Buffer.from(bytes).toString() : null)

test('bytes come in order, then the end, as often as asked', async () => {
  const port = await serve((socket) => { socket.write('one'); setTimeout(() => socket.end('two'), 20) })
  const socket = await open(port)
  assert.equal(text(await socket.read()), 'one')
  assert.equal(text(await socket.read()), 'two')
  assert.deepEqual([await socket.read(), await socket.read()], [null, null])
  socket.destroy()
  socket.destroy()
})

test('what was sent before somebody read is not lost', async () => {
  const socket = await open(await serve((peer) => { peer.end('early') }))
  await new Promise((resolve) => { setTimeout(resolve, 40) })
  assert.equal(text(await socket.read()), 'early')
})

test('a reset is told with its code, to the read that waits for it', async () => {
  const socket = await open(await serve((peer) => { setTimeout(() => peer.resetAndDestroy(), 20) }))
  await assert.rejects(socket.read(), { code: 'ECONNRESET' })
})

test('a reset nobody waits for ends no process, and the next read hears of it', async () => {
  const socket = await open(await serve((peer) => { setTimeout(() => peer.resetAndDestroy(), 5) }))
  await new Promise((resolve) => { setTimeout(resolve, 50) })
  await assert.rejects(socket.read(), { code: 'ECONNRESET' })
  await assert.rejects(socket.write(Buffer.from('x')))
})

test('a connection that is refused rejects with its code', async () => {
  const port = await serve(() => {})
  servers.pop()!.close()
  await assert.rejects(open(port), { code: 'ECONNREFUSED' })
})

test('an aborted attempt leaves no connection', async () => {
  let arrived = 0
  const port = await serve((socket) => { arrived += 1; socket.on('close', () => { arrived -= 1 }) })
  const abort = new AbortController()
  const attempt = open(port, abort.signal)
  abort.abort(new Error('gone'))
  await assert.rejects(attempt, /gone/)
  await new Promise((resolve) => { setTimeout(resolve, 40) })
  assert.equal(arrived, 0)
})

test('a signal is not listened to any more once the connection has come about, and leaves it alone', async () => {
  const abort = new AbortController()
  const socket = await open(await serve((peer) => { setTimeout(() => peer.write('later'), 30) }), abort.signal)
  await nodeNetwork.lookup('127.0.0.1', abort.signal)
  assert.equal(getEventListeners(abort.signal, 'abort').length, 0)
  abort.abort()
  assert.equal(text(await socket.read()), 'later')
  socket.destroy()
})

test('threat T24: bytes that wait before the handshake stop it', async () => {
  const socket = await open(await serve((peer) => { peer.write('220 go\r\n'); setTimeout(() => peer.write('250 fake\r\n'), 10) }))
  await socket.read()
  await new Promise((resolve) => { setTimeout(resolve, 40) })
  await assert.rejects(socket.startTls({ host: 'localhost', minVersion: '1.2' }), { code: 'MGS_INJECTION' })
  socket.destroy()
})

test('a server that hangs up in the handshake is told so', async () => {
  const socket = await open(await serve((peer) => { peer.once('data', () => peer.destroy()) }))
  await assert.rejects(socket.startTls({ host: 'localhost', minVersion: '1.2' }), { code: 'ECONNRESET' })
})

test('an IP literal resolves to itself, a name to all of its addresses', async () => {
  assert.deepEqual(await nodeNetwork.lookup('127.0.0.1', never), [{ address: '127.0.0.1', family: 4 }])
  assert.deepEqual(await nodeNetwork.lookup('::1', never), [{ address: '::1', family: 6 }])
  assert.ok((await nodeNetwork.lookup('localhost', never)).every(({ address }) => /^127\.|^::1$/.test(address)))
})
