import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import { clock } from '../process.ts'
import { Link } from './link.ts'

/** Greets, and echoes what it hears. */
const echo = async (greeting: string): Promise<{ port: number; close: () => void }> => {
  const server = net.createServer((socket) => {
    if (greeting) socket.write(greeting)
    socket.on('error', () => {})
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as net.AddressInfo).port, close: () => server.close() }
}

const dial = async (roundTrip: number, greeting: string) => {
  const server = await echo(greeting)
  const { link, port } = await Link.open(roundTrip, server.port)
  const began = clock()
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  return { link, socket, since: () => clock() - began, close: () => { socket.destroy(); link.close(); server.close() } }
}

const within = (ms: number, from: number, to: number) => assert.ok(ms >= from && ms < to, `${ms} ms, expected ${from} to ${to}`)

test('a greeting is there after two round trips: one for the handshake, one for the greeting', async () => {
  const { socket, since, close } = await dial(40, 'hi')
  await once(socket, 'data')
  within(since(), 78, 110)
  close()
})

test('who speaks first is answered after two round trips as well', async () => {
  const { socket, since, close } = await dial(40, '')
  socket.write('hello')
  await once(socket, 'data')
  within(since(), 78, 110)
  close()
})

test('bytes keep their order, each way takes half a round trip, and all of it is recorded', async () => {
  const { link, socket, close } = await dial(20, '')
  const sent = Array.from({ length: 200 }, (_, n) => `${n};`).join('')
  for (const part of sent.match(/.{1,7}/g)!) socket.write(part)
  let heard = ''
  socket.on('data', (bytes) => { heard += String(bytes); if (heard.length === sent.length) socket.end() })
  await once(socket, 'close')
  assert.equal(heard, sent)
  const { passages } = await link.take()
  const by = (from: string) => passages.filter((passage) => passage.from === from)
  for (const side of ['client', 'server']) assert.equal(Buffer.concat(by(side).map(({ bytes }) => bytes)).toString(), sent)
  within(by('server')[0]!.at - by('client')[0]!.at, 38, 70)
  close()
})
