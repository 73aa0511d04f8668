// Why: headers count like the body; a server must not make an isolate keep more than it may send.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { HttpTooLarge } from '../../ports/ports.ts'
import { answerTo } from './https.ts'

const serve = async (t: TestContext, answer: RequestListener) => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  t.after(() => { server.close(); server.closeAllConnections() })
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return (limit: number) => answerTo(url, {}, limit)
}

const headers = { 'x-one': 'y'.repeat(900), 'x-two': 'y'.repeat(700), 'x-three': 'y' }

test('fault F62: headers of exactly as many bytes as allowed pass, names and values of all of them together, one more does not', async (t) => {
  const ask = await serve(t, (_, response) => { response.writeHead(200, headers).end('{}') })
  const reply = await ask(100_000)
  const size = Object.entries(reply.headers).flat().join('').length
  assert.ok(size > 1_600)
  assert.equal((await ask(size)).text, '{}')
  await assert.rejects(ask(size - 1), HttpTooLarge)
})

test('fault F62: an answer that is refused for its headers is left, whatever else the server would send', { timeout: 20_000 }, async (t) => {
  const left = Promise.withResolvers<void>()
  const ask = await serve(t, (_, response) => {
    response.on('close', left.resolve).writeHead(200, headers).write('{')
  })
  await assert.rejects(ask(500), HttpTooLarge)
  await left.promise
})

test('fault F62: a body in pieces that are each small is refused once all of them are too much', async (t) => {
  const ask = await serve(t, async (_, response) => {
    for (let n = 0; n < 8; n += 1) {
      response.write('x'.repeat(10_000))
      await new Promise((resolve) => { setTimeout(resolve, 5) })
    }
    response.end()
  })
  assert.equal((await ask(80_000)).text.length, 80_000)
  await assert.rejects(ask(50_000), HttpTooLarge)
})
