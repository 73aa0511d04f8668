// Why: at the edge a name's addresses are whatever a resolver over HTTPS says; what it says is judged, however it says it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { resolverAt } from '../../packages/bff/src/adapters/workers/resolver.ts'
import { nodePorts } from '@mail-gateway/bff/node'
import { createEgress } from '../../packages/bff/src/ports/egress-gate.ts'
import { EgressRefused } from '../../packages/bff/src/ports/egress.ts'
import { openLab } from '../wire/lab.ts'

let answer = ''
let status = 200
let asked: readonly (string | undefined)[] = []
const server = createServer(({ url, headers: { accept } }, response) => { asked = [...asked, url, accept]; response.writeHead(status, { location: '/elsewhere' }).end(answer) })
before(() => once(server.listen(0, '127.0.0.1'), 'listening'))
after(() => { server.close() })

const lookup = (host: string, signal: AbortSignal) => resolverAt(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/dns-query`))(host, signal)
const never = () => Promise.reject(new TypeError('nothing is connected to here'))
const gate = createEgress({ byName: true, lookup, connect: never, request: never }, { allow: [], ports: '', clearText: [] }, () => {}, { privateNetwork: false })
const targetsOf = async () => gate.judge('mail.acme.example', await gate.resolve('mail.acme.example', AbortSignal.timeout(5_000)), 587)

const told = (...records: (readonly [type: unknown, data: unknown])[]) => JSON.stringify({ Status: 0, Answer: records.map(([type, data]) => ({ name: 'mail.acme.example.', type, TTL: 1, data })) })
const open = [1, '93.184.216.34'] as const

const refused: Readonly<Record<string, string>> = {
  'loopback': told([1, '127.0.0.1']), 'in decimal': told([1, '2130706433']), 'in hexadecimal': told([1, '0x7f000001']), 'in octal': told([1, '0177.0.0.1']), 'short': told([1, '127.1']),
  'mapped': told([28, '::ffff:127.0.0.1']), 'mapped in hexadecimal': told([28, '::ffff:7f00:1']), 'compatible': told([28, '::7f00:1']), 'NAT64': told([28, '64:ff9b::7f00:1']), '6to4': told([28, '2002:7f00:1::1']),
  'link-local with a zone': told([28, 'fe80::1%eth0']), 'metadata': told([1, '169.254.169.254']), 'an IPv4 address as AAAA': told([28, '10.0.0.1']), 'an IPv6 address as A': told([1, '::1']),
  'behind an alias': told([5, 'inside.acme.example.'], [1, '10.0.0.1']), 'beside a public one': told(open, [1, '10.0.0.1']), 'the last of hundreds': told(...Array.from({ length: 500 }, () => open), [1, '10.0.0.1']),
}
for (const [what, text] of Object.entries(refused)) {
  test(`threat T18: a resolver that answers with an internal address is of no use: ${what}`, async () => {
    answer = text
    await assert.rejects(targetsOf(), (error) => error instanceof EgressRefused && error.reason === 'address')
  })
}

const strange: Readonly<Record<string, string>> = {
  'null': 'null', 'a list': '[]', 'a text': '"93.184.216.34"', 'a page': '<!doctype html>', 'nothing': '', 'no status': JSON.stringify({ Answer: [{ type: 1, data: open[1] }] }), 'a status in quotes': JSON.stringify({ Status: '0', Answer: [{ type: 1, data: open[1] }] }),
  'answers that are no list': '{"Status":0,"Answer":{"length":1}}', 'answers that are null': '{"Status":0,"Answer":null}', 'a record that is null': '{"Status":0,"Answer":[null]}',
  'an address that is a number': told([1, 2130706433]), 'an address that is a list': told([1, ['93.184.216.34']]), 'an address that is none': told([1, 'localhost']), 'an address with a space': told([1, '93.184.216.34 ']), 'an address with a port': told([1, '93.184.216.34:25']), 'an address beside one that is none': told(open, [1, 'evil\r\nHost: x']),
  'more than anybody has': told([1, 'x'.repeat(70_000)]),
}
for (const [what, text] of Object.entries(strange)) {
  test(`threat T18: a resolver that answers with something else has not answered: ${what}`, async () => {
    answer = text
    await assert.rejects(targetsOf(), { code: 'EAI_AGAIN' })
  })
}

test('a resolver is asked for JSON, for both families, at the address it was given with, a key in it included', async () => {
  [answer, asked] = [told(open), []]
  await resolverAt(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/dns-query?key=k1`))('mail.acme.example', AbortSignal.timeout(5_000))
  assert.deepEqual([...new Set(asked)].sort(), ['/dns-query?key=k1&name=mail.acme.example&type=A', '/dns-query?key=k1&name=mail.acme.example&type=AAAA', 'application/dns-json'])
})

test('threat T18: a resolver that sends elsewhere is not followed', async () => {
  [status, answer] = [302, told(open)]
  await assert.rejects(targetsOf(), { code: 'EAI_AGAIN' })
  status = 200
})

test('threat T55: a name with hundreds of addresses fills neither the page nor the store', async (t) => {
  answer = told(...Array.from({ length: 600 }, (_, n) => [1, `198.51.${n >> 8}.${n & 255}`.replace('198.51', '93.184')] as const))
  const ports = nodePorts({ store: 'memory:' })
  const lab = await openLab(t, { ports: { ...ports, network: { ...ports.network, lookup, connect: never } } })
  const events = await lab.check({ mode: 'smtp', settings: { host: 'mail.acme.example', port: 587, security: 'none', authentication: 'none', from: 'a@acme.example' }, until: 'network' })
  const name = events.find((event) => event.event === 'result' && event.id === 'name')
  assert.equal(name?.event === 'result' && name.status, 'pass')
  assert.ok(JSON.stringify(events).length < 8_000, String(JSON.stringify(events).length))
})
