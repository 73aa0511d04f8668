// Why: whoever reads the log must be able to take an error for one of ours; callers must not be able to write them at will.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { toNodeHandler } from '@mail-gateway/bff/node'
import { basePath, openLab, origin } from '../wire/lab.ts'

const bodies = {
  'stops in the middle of a declared length': 'Content-Length: 50\r\n\r\n{"mode":',
  'stops in the middle of a chunk': 'Transfer-Encoding: chunked\r\n\r\n10\r\n{"mo',
  'breaks the form of its chunks': 'Transfer-Encoding: chunked\r\n\r\n2\r\n{"\r\nzz\r\n',
}
for (const [what, rest] of Object.entries(bodies)) {
  test(`threat T49: a body that ${what} is the caller’s mistake, and no error of ours in the log`, async (t) => {
    const lab = await openLab(t)
    const server = createServer(toNodeHandler(lab.gateway)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => { server.close(); server.closeAllConnections() })
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
    socket.write(`POST ${basePath}/checks HTTP/1.1\r\nHost: console.example.com\r\nX-User: admin\r\nOrigin: ${origin}\r\nX-Mail-Gateway: 1\r\nContent-Type: application/json\r\n${rest}`)
    setTimeout(() => socket.destroy(), 300)
    for (const end = performance.now() + 5_000; !lab.log.some(({ event }) => event === 'request') && performance.now() < end;) await new Promise((done) => { setTimeout(done, 10) })
    assert.deepEqual(lab.log.map(({ level, event, fields }) => [level, event, fields?.['code']]), [['info', 'request', 'request.malformed']])
  })
}
