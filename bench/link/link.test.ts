import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { clock } from '../process.ts'
import { withinTime } from '../../test/within-time.ts'
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

const dial = async (t: TestContext, roundTrip: number, greeting: string) => {
  const server = await echo(greeting)
  const { link, port } = await Link.open(roundTrip, server.port)
  const began = clock()
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  t.after(() => { socket.destroy(); link.close(); server.close() })
  return { link, socket, since: () => clock() - began }
}

test('a greeting is there after two round trips: one for the handshake, one for the greeting', async (t) => {
  const { socket, since } = await dial(t, 40, 'hi')
  await once(socket, 'data')
  withinTime(since(), { from: 80, to: 110 })
})

test('who speaks first is answered after two round trips as well', async (t) => {
  const { socket, since } = await dial(t, 40, '')
  socket.write('hello')
  await once(socket, 'data')
  withinTime(since(), { from: 80, to: 110 })
})

test('bytes keep their order, each way takes half a round trip, and all of it is recorded', async (t) => {
  const { link, socket } = await dial(t, 20, '')
  const sent = Array.from({ length: 200 }, (_, n) => `${n};`).join('')
  for (const part of sent.match(/.{1,7}/g)!) socket.write(part)
  let heard = ''
  socket.on('data', (bytes) => { heard += String(bytes); if (heard.length === sent.length) socket.end() })
  await once(socket, 'close')
  assert.equal(heard, sent)
  const { passages } = await link.take()
  const by = (from: string) => passages.filter((passage) => passage.from === from)
  for (const side of ['client', 'server']) assert.equal(Buffer.concat(by(side).map(({ bytes }) => bytes)).toString(), sent)
  withinTime(by('server')[0]!.at - by('client')[0]!.at, { from: 40, to: 70 })
})
