import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEgress } from './egress-gate.ts'
import { EgressRefused } from './egress.ts'
import type { Address, LogEvent, Network } from './ports.ts'

const network: Network = { lookup: async (host) => [{ address: host, family: 4 }], connect: async () => { throw new Error('nobody connects here') }, request: async () => { throw new Error('nobody asks here') } }
const closed = { allow: [], ports: '', clearText: [] }
const at = (address: string): Address => ({ address, family: address.includes(':') ? 6 : 4 })
const judged = (addresses: readonly string[], policy = {}, port = 587): string => {
  try {
    return createEgress(network, { ...closed, ...policy }).judge('host.example', addresses.map(at), port).map(({ address }) => address).join(' ')
  } catch (error) {
    return error instanceof EgressRefused ? error.reason : String(error)
  }
}

const publicOnes = ['93.184.216.34', '8.8.8.8', '2606:4700::1', '2a00:1450:4001::1', '::ffff:93.184.216.34', '64:ff9b::5db8:d822', '2002:5db8:d822::1']
test('threat T17: public addresses pass, in IPv6 wrappings too', () => {
  for (const address of publicOnes) assert.equal(judged([address]), address)
})

test('threat T17: an IPv4 in any wrapping is judged as that IPv4', () => {
  for (const inner of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.0.1', '168.63.129.16']) {
    const [a, b, c, d] = inner.split('.').map(Number) as [number, number, number, number]
    const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
    for (const address of [inner, `::ffff:${inner}`, `::ffff:${hex}`, `::${hex}`, `64:ff9b::${hex}`, `2002:${hex}::`, `::ffff:0:${hex}`]) assert.equal(judged([address]), 'address', address)
  }
})

test('threat T17: what an operator opens is open in every wrapping, and only that', () => {
  const policy = { allow: ['10.1.2.3', '192.168.0.0/16', 'fd00:1::/32', '::1'] }
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.168.9.9', 'fd00:1::5', '::1']) assert.equal(judged([address], policy), address)
  for (const address of ['10.1.2.4', '192.169.0.1', '193.168.0.1', 'fd00:2::5', '127.0.0.1', '::2']) assert.equal(judged([address], policy) === address, address === '193.168.0.1' || address === '192.169.0.1', address)
})

test('threat T17: a range of IPv6 opens what is written as IPv6, loopback too', () => assert.equal(judged(['::1'], { allow: ['::1/128'] }), '::1'))

test('threat T17: of IPv6 only the part that is given out is public', () => {
  for (const address of ['4000::1', '5f00::1', '1000::1', 'e000::1']) assert.equal(judged([address]), 'address', address)
})

test('threat T17: an address with a zone, however the interface is called, is judged without it', () => {
  for (const zone of ['eth0', 'br-lan', 'wlan0.100', '3']) assert.equal(judged([`fe80::1%${zone}`]), 'address', zone)
})

test('threat T18: only the very target that was judged is connected to, and nobody can write another address into it', async () => {
  const reached: string[] = []
  const { judge, connect } = createEgress({ ...network, connect: async ({ address }) => { reached.push(address); throw new Error('reached') } }, closed)
  const [target] = judge('host.example', [at('8.8.8.8')], 587)
  await assert.rejects(connect({ ...target! }, new AbortController().signal), TypeError)
  assert.throws(() => { (target as { address: string }).address = '127.0.0.1' }, TypeError)
  await assert.rejects(connect(target!, new AbortController().signal), /reached/)
  assert.deepEqual(reached, ['8.8.8.8'])
})

test('the usual ports are open, others when the operator adds them', () => {
  assert.deepEqual([25, 465, 587, 2525, 26, 80, 2526].map((port) => judged(['8.8.8.8'], {}, port)), ['8.8.8.8', '8.8.8.8', '8.8.8.8', '8.8.8.8', 'port', 'port', 'port'])
  assert.deepEqual([1025, 2600, 2660, 2661].map((port) => judged(['8.8.8.8'], { ports: '1025, 2600-2660,' }, port)), ['8.8.8.8', '8.8.8.8', '8.8.8.8', 'port'])
})

test('of many addresses three are tried, and a forbidden one anywhere refuses them all', () => {
  assert.equal(judged(['1.1.1.1', '1.0.0.1', '8.8.8.8', '8.8.4.4']), '1.1.1.1 1.0.0.1 8.8.8.8')
  assert.equal(judged(['1.1.1.1', '1.0.0.1', '8.8.8.8', '10.0.0.1']), 'address')
})

test('the operator’s log has the exact line to add; the caller’s words are the same for every target', () => {
  const lines: LogEvent[] = []
  const { judge } = createEgress(network, closed, (line) => lines.push(line))
  const said = ['10.0.0.1', '127.0.0.1', '169.254.169.254'].map((address) => {
    try { judge('x.example', [at(address)], 587); return 'let through' } catch (error) { return (error as Error).message }
  })
  assert.throws(() => judge('x.example', [at('8.8.8.8')], 80), EgressRefused)
  assert.deepEqual(new Set(said), new Set(['address not allowed']))
  assert.deepEqual(lines.map(({ fields }) => fields?.open), ['MAIL_GATEWAY_EGRESS_ALLOW=10.0.0.1', 'MAIL_GATEWAY_EGRESS_ALLOW=127.0.0.1', 'MAIL_GATEWAY_EGRESS_ALLOW=169.254.169.254', 'MAIL_GATEWAY_EGRESS_PORTS=80'])
})

test('a name with public addresses is usable whole or not at all; an internal one by what of it was opened', () => {
  const { permitted } = createEgress(network, { ...closed, allow: ['10.0.0.1', '::1'] })
  const told = [['8.8.8.8', '10.0.0.1'], ['8.8.8.8', '10.0.0.2'], ['10.0.0.2', '10.0.0.1'], ['127.0.0.1', '::1'], ['10.0.0.2'], []]
  assert.deepEqual(told.map((all) => permitted(all.map(at)).map(({ address }) => address).join(' ')), ['8.8.8.8 10.0.0.1', '', '10.0.0.1', '::1', '', ''])
  assert.deepEqual([['127.0.0.1', '::1'], ['8.8.8.8', '10.0.0.2'], []].map((all) => judged(all, { allow: ['::1'] })), ['::1', 'address', 'address'])
})

test('where the platform reaches no internal server, a line that permits one is of no use, and none is suggested', () => {
  const lines: LogEvent[] = []
  const { judge, permitted } = createEgress(network, { ...closed, allow: ['10.0.0.0/8'] }, (line) => lines.push(line), { privateNetwork: false })
  assert.throws(() => judge('relay.example', [at('10.0.0.1')], 587), (error) => error instanceof EgressRefused && !error.openable)
  assert.deepEqual(lines.map(({ fields }) => fields), [{ reason: 'address', subject: '10.0.0.1' }])
  assert.deepEqual([permitted([at('10.0.0.1')]), judge('smtp.example', [at('8.8.8.8')], 587).length], [[], 1])
  assert.throws(() => judge('smtp.example', [at('8.8.8.8')], 80), (error) => error instanceof EgressRefused && error.openable)
})

test('a runtime that connects by name gets one target: all others would be the same attempt', () => {
  const three = ['8.8.8.8', '8.8.4.4', '1.1.1.1'].map(at)
  assert.deepEqual([network, { ...network, byName: true } as const].map((one) => createEgress(one, closed).judge('smtp.example', three, 587).length), [3, 1])
})

for (const policy of [{ allow: ['localhost'] }, { allow: ['10.0.0.0/33'] }, { allow: [''] }, { clearText: ['10.0.0.1-5'] }, { ports: '0' }, { ports: '65536' }, { ports: '20-10' }, { ports: '25;26' }, { ports: '-1' }]) {
  test(`a policy nobody can read is refused by name: ${JSON.stringify(policy)}`, () => {
    assert.throws(() => createEgress(network, { ...closed, ...policy }), (error: Error) => error instanceof TypeError && /is neither/.test(error.message))
  })
}

test('sign-in in clear is permitted where listed and never over a public address', () => {
  const { clearTextAllowed } = createEgress(network, { ...closed, clearText: ['10.0.0.0/8', '8.8.8.8', '::1'] })
  assert.deepEqual(['10.9.9.9', '::ffff:10.9.9.9', '::1', '8.8.8.8', '192.168.0.1'].map(clearTextAllowed), [true, true, true, false, false])
})
