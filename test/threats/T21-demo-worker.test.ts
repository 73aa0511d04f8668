// Why: the demo is copied from. Its Worker hands pages on, and a path that begins with two slashes names a host.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import worker from '../../demo/worker.ts'

const heard: string[] = []
const servers = ['product', 'stranger'].map((name) => createServer((request, response) => {
  heard.push(`${name} ${request.url} ${request.headers.cookie ?? ''}`)
  response.end(name)
}))
before(() => Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening'))))
after(() => { for (const server of servers) server.close() })

for (const path of ['//HOST/a?b=c', '///HOST/a', '/\\HOST/a', '//user:pass@HOST/', '/%2f/HOST/', '/.//HOST/a', '//HOST', '/@HOST/']) {
  test(`threat T21: the demo's Worker asks its product alone, whatever the path: ${path}`, async () => {
    const [product, stranger] = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)
    heard.length = 0
    const request = new Request(`http://localhost:8787${path.replace('HOST', stranger!)}`, { headers: { cookie: 'session=canary' } })
    const answer = await worker.fetch(request, { PLUMLINE: `http://${product}`, PLUMLINE_TOKEN: 'x' }, { waitUntil() {} })
    assert.equal(await answer.text(), 'product')
    assert.deepEqual(heard.map((line) => line.split(' ')[0]), ['product'])
  })
}
