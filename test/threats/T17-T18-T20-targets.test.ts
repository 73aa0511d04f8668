// Which machines a check may touch: judged by what a name resolves to, before any packet.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, test } from 'node:test'
import type { Address, Network, Target } from '../../packages/bff/src/ports/ports.ts'
import { record } from '../figures.ts'
import { check, watchSockets } from '../peers/check.ts'
import { withinTime } from '../within-time.ts'

let port = 0
let touched = 0
const canaries: net.Server[] = []

const listen = async (host: string, wanted: number): Promise<number> => {
  const server = net.createServer((socket) => { touched += 1; socket.end('220 canary\r\n') }).listen(wanted, host)
  await once(server, 'listening')
  canaries.push(server)
  return (server.address() as net.AddressInfo).port
}

before(async () => {
  port = await listen('127.0.0.1', 0)
  await listen('::1', port).catch(() => 0)
  await listen('127.0.0.2', port).catch(() => 0)
})
after(() => { for (const server of canaries) server.close() })

const closed = () => ({ allow: [], ports: String(port), clearText: [] })
const ask = (host: string, more: Parameters<typeof check>[1] = {}) =>
  check({ host, port, security: 'none', authentication: 'none', from: 'a@acme.example' }, { policy: closed(), ...more })

/** Ways to write loopback, link-local, private, multicast, unspecified and metadata addresses. */
const spellings = [
  '127.0.0.1', '127.0.0.2', '127.1', '127.0.1', '127.000.000.001', '0177.0.0.1', '0177.0000.0000.0001', '0x7f.0.0.1', '0x7f000001', '0X7F.1', '2130706433', '017700000001',
  '127.0.0.1.', '１２７.０.０.１', '127。0。0。1', '①②⑦.⓪.⓪.①', 'localhost', 'LOCALHOST', 'localhost.', 'LocalHost.', 'ｌｏｃａｌｈｏｓｔ', '[127.0.0.1]', '[localhost]',
  '::1', '[::1]', '0:0:0:0:0:0:0:1', '0000::0001', '::ffff:127.0.0.1', '[::ffff:7f00:1]', '::ffff:0:127.0.0.1', '::127.0.0.1', '::7f00:1', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1', '64:ff9b:1:7f00:0:100:808:808',
  '2002:7f00:1::', '2002:7f00:0001::1', '2001:0:7f00:1::', '::', '[::]', '0.0.0.0', '0', '0x0', '0.1.2.3',
  '169.254.169.254', '2852039166', '0xA9FEA9FE', '::ffff:169.254.169.254', '[fe80::1]', 'fe80::a9fe:a9fe', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16',
  '10.0.0.1', '172.16.0.1', '192.168.1.1', '::ffff:10.0.0.1', 'fc00::1', 'fec0::1', '224.0.0.1', 'ff02::1', '255.255.255.255', '240.0.0.1', '198.18.0.1', '192.0.2.1', '2001:db8::1', '100.64.0.1', '4000::1',
]

test(`threat T17, goal G7: ${spellings.length} addresses and spellings open no connection`, async () => {
  assert.ok(spellings.length >= 60)
  const sockets = watchSockets()
  const answers = await Promise.all(spellings.map(async (host) => [host, await ask(host)] as const))
  sockets.stop()
  const passed = answers.filter(([, { code }]) => code !== 'egress.address-refused' && code !== 'settings.incomplete').map(([host, { code }]) => `${host}: ${code}`)
  assert.deepEqual(passed, [])
  assert.deepEqual([touched, sockets.opened.length], [0, 0])
  record({ of: 'goal G7', spellings: spellings.length, connections: sockets.opened.length })
})

test('threat T17: the canary is seen as soon as loopback is opened, so the test could have failed', async () => {
  const { rows } = await ask('127.0.0.1', { policy: { allow: ['127.0.0.1'], ports: String(port), clearText: [] } })
  assert.equal(rows.greeting?.status, 'pass')
  assert.equal(touched, 1)
  touched = 0
})

test('threat T17: a port outside the list is refused before any packet, on an allowed address too', async () => {
  const sockets = watchSockets()
  for (const other of [22, 80, 443, 3306, 6379, 8080, 11_211, 32_526]) {
    const { code } = await check({ host: '127.0.0.1', port: other, security: 'none', authentication: 'none', from: 'a@acme.example' }, { policy: { allow: ['127.0.0.1'], ports: '', clearText: [] } })
    assert.equal(code, 'egress.port-refused', String(other))
  }
  sockets.stop()
  assert.equal(sockets.opened.length, 0)
})

/** A resolver that answers what it is told, one answer after another; connections are only noted. */
const resolving = (...answers: readonly (readonly string[])[]) => {
  const asked: string[] = []
  const connected: Target[] = []
  const network: Network = {
    async lookup(host) {
      const found = answers[Math.min(asked.push(host), answers.length) - 1]!
      return found.map((address): Address => ({ address, family: address.includes(':') ? 6 : 4 }))
    },
    async connect(target) {
      connected.push(target)
      throw Object.assign(new Error('nobody there'), { code: 'ECONNREFUSED' })
    },
    request: () => Promise.reject(new Error('nobody asks over HTTPS here')),
  }
  return { asked, connected, network }
}

test('threat T18: a name that answers public first and loopback then is looked up once, and only the judged literal is connected to', async () => {
  const world = resolving(['93.184.216.34'], ['127.0.0.1'])
  const { code } = await ask('rebind.example', { network: world.network })
  assert.equal(code, 'connect.refused')
  assert.deepEqual(world.asked, ['rebind.example'])
  assert.deepEqual(world.connected.map(({ host, address }) => [host, address]), [['rebind.example', '93.184.216.34']])
  const again = await ask('rebind.example', { network: world.network })
  assert.equal(again.code, 'egress.address-refused')
  assert.deepEqual([world.connected.length, touched], [1, 0])
  record({ of: 'goal G7', scripts: 1, connections: touched })
})

const mixtures = [
  ['93.184.216.34', '127.0.0.1'], ['127.0.0.1', '93.184.216.34'], ['2606:4700::1', '::ffff:10.0.0.1'], ['1.1.1.1', '1.0.0.1', '9.9.9.9', '169.254.169.254'],
  ['8.8.8.8', '::1'], ['8.8.8.8', '64:ff9b::7f00:1'], ['2001:4860:4860::8888', '2002:7f00:1::'], ['9.9.9.9', '0.0.0.0'], ['1.1.1.1', '100.64.0.1'], ['1.1.1.1', 'fd00:ec2::254'],
]
for (const mixed of mixtures) {
  test(`threat T18, goal G7: a name with a forbidden address among its ${mixed.length} is refused whole: ${mixed.join(' ')}`, async () => {
    const world = resolving(mixed)
    const { code, rows } = await ask('mixed.example', { network: world.network })
    assert.equal(code, 'egress.address-refused')
    assert.deepEqual([world.connected.length, touched], [0, 0])
    assert.equal(rows.name?.evidence, undefined, 'what an internal name resolves to is nobody else’s business')
    record({ of: 'goal G7', scripts: 1, connections: world.connected.length + touched })
  })
}

test('threat T18: a name without any address is a name that does not exist', async () => {
  const { code } = await ask('empty.example', { network: resolving([]).network })
  assert.equal(code, 'dns.not-found')
})

const forbidden = [
  '127.0.0.1', '127.0.0.2', '127.0.0.9', '::1', '0.0.0.0', '10.0.0.1', '10.255.255.254', '172.16.0.1', '172.31.0.9', '192.168.0.1',
  '192.168.255.9', '169.254.169.254', '169.254.0.1', 'fe80::1', 'fd00::1', '100.64.0.1', '224.0.0.1', '240.0.0.1', '198.18.0.1', '2130706433',
]
const withoutTimes = ({ events }: Awaited<ReturnType<typeof check>>) => JSON.stringify(events, (name, value: unknown) => (name === 'ms' ? 0 : value))
const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!

test('threat T20: 20 forbidden targets, open ports and closed ones among them, get the same answer in the same time', async () => {
  assert.equal(forbidden.length, 20)
  await ask('127.0.0.1')
  const bodies = new Set<string>()
  const medians: number[] = []
  for (const host of forbidden) {
    const times: number[] = []
    for (let n = 0; n < 9; n++) {
      const answer = await ask(host)
      bodies.add(withoutTimes(answer))
      times.push(answer.took)
    }
    medians.push(median(times))
  }
  assert.equal(bodies.size, 1)
  withinTime(Math.max(...medians) - Math.min(...medians), { to: 20 }, `medians ${medians.map((ms) => ms.toFixed(1)).join(' ')}`)
  assert.equal(touched, 0)
})

test('threat T20: the answer names neither the address nor what lies behind it; the operator’s log has the line to add', async () => {
  const lines: string[] = []
  const { events } = await ask('169.254.169.254', { log: ({ fields }) => lines.push(String(fields?.open)) })
  assert.doesNotMatch(JSON.stringify(events), /169\.254/)
  assert.deepEqual(lines, ['MAIL_GATEWAY_EGRESS_ALLOW=169.254.169.254'])
})
