// Every connection goes through the gate, and nothing typed or set in the environment opens another.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import type { Network, Target } from '../../packages/bff/src/ports/ports.ts'
import { check, loopback, watchSockets } from '../peers/check.ts'
import { command } from '../peers/command.ts'

let box: Sandbox
let folder = ''
let proxied = 0
const proxy = net.createServer((socket) => { proxied += 1; socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n') })
before(async () => {
  box = await startSandbox()
  folder = await mkdtemp(join(tmpdir(), 'mail-gateway-'))
  await writeFile(join(folder, 'ca.pem'), box.ca)
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
})
after(async () => {
  proxy.close()
  await Promise.all([box.close(), rm(folder, { recursive: true })])
})
const proxyAddress = () => `127.0.0.1:${(proxy.address() as net.AddressInfo).port}`

/** Texts a mail library may take for the address of something to fetch or read. */
const hostile = () => [
  `http://${proxyAddress()}/a`, `https://${proxyAddress()}/a`, 'file:///etc/passwd', '/etc/passwd', 'data:text/plain;base64,aGVsbG8=', 'cid:1', `<img src="http://${proxyAddress()}/a.png">`,
  '{"path":"/etc/passwd"}', '{"href":"http://localhost"}', `//${proxyAddress()}/a`,
]

test('threat T21: proxies of the environment are not used: the check goes straight to the server', async () => {
  const { settings, password } = box.typed('starttls')
  const http = `http://${proxyAddress()}`
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'SMTP_PROXY', 'SOCKS_PROXY', 'npm_config_proxy']
  const env = {
    ...Object.fromEntries(names.map((name) => [name, http])), NODE_USE_ENV_PROXY: '1', PASSWORD: password!,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1,::1', MAIL_GATEWAY_EGRESS_PORTS: String(settings.port),
  }
  const { code, stdout } = await command(['check', '-'], { env, input: JSON.stringify({ mode: 'smtp', settings, secrets: { password: { env: 'PASSWORD' } } }) })
  assert.equal(code, 0, stdout)
  assert.equal(proxied, 0)
})

for (const name of ['fromName', 'signature', 'from', 'replyTo', 'envelopeFrom', 'username', 'ehloName', 'host', 'ca', 'productName']) {
  test(`threat T21: addresses of pages and files in ${name} make nothing be fetched or read`, async () => {
    const sockets = watchSockets()
    const { settings } = box.typed('relay')
    const answers = await Promise.all(hostile().map((text) => check({ ...settings, ...(name !== 'productName' && { [name]: text }) }, name === 'productName' ? { productName: text } : {})))
    sockets.stop()
    const remote = sockets.opened.map((socket) => (socket as net.Socket & { remotePort?: number }).remotePort)
    assert.deepEqual(remote.filter((port) => port !== undefined && port !== settings.port), [])
    assert.equal(sockets.opened.length, answers.filter(({ rows }) => rows.connect?.status === 'pass').length)
    assert.equal(proxied, 0)
    const sources = box.inbox.list().map(({ source, text }) => source + text).join('\n')
    assert.doesNotMatch(sources, /root:x:0/)
  })
}

/** The machine's network, with a note of everything the gate asked of it. */
const noted = () => {
  const [looked, connected]: [string[], Target[]] = [[], []]
  const network: Network = {
    lookup: (host, signal) => { looked.push(host); return nodeNetwork.lookup(host, signal) },
    connect: (target, signal) => { connected.push(target); return nodeNetwork.connect(target, signal) },
    request: nodeNetwork.request,
  }
  return { looked, connected, network }
}

test('threat T22: over good and bad servers, every socket of the process has a ticket of the gate', async () => {
  const ids = ['relay', 'starttls', 'tls', 'certificate-expired', 'certificate-wrong-name', 'tls-1.0-only', 'no-starttls', 'starttls-injected', 'no-auth', 'password-refused', 'sign-in-endless', 'sender-refused', 'recipient-unknown', 'spam', 'greeting-554', 'closes-at-once', 'web-server', 'endless-reply', 'hostile-text']
  const { looked, connected, network } = noted()
  const tickets: string[] = []
  const sockets = watchSockets()
  for (const id of ids) {
    const { settings, password } = box.typed(id)
    await check({ ...settings, ...(password && { password }), ca: box.ca }, { network, log: ({ event, fields }) => { if (event === 'egress.connected') tickets.push(`${String(fields?.address)}:${String(fields?.port)}`) } })
  }
  sockets.stop()
  assert.equal(sockets.opened.length, ids.length, 'one connection a run')
  assert.deepEqual(tickets, connected.map(({ address, port }) => `${address}:${port}`))
  assert.equal(tickets.length, ids.length)
  assert.equal(looked.length, ids.length, 'one look-up a run')
})

test('threat T22: the gate connects to nothing it has not judged itself', async () => {
  const { createEgress } = await import('../../packages/bff/src/ports/egress-gate.ts')
  const { connected, network } = noted()
  const [one, other] = [createEgress(network, loopback), createEgress(network, loopback)]
  const [target] = one.judge('localhost', [{ address: '127.0.0.1', family: 4 }], box.ports.relay)
  const { signal } = new AbortController()
  await assert.rejects(one.connect({ ...target! }, signal), TypeError)
  await assert.rejects(other.connect(target!, signal), TypeError)
  assert.throws(() => { Object.assign(target!, { address: '10.0.0.1' }) }, TypeError)
  assert.equal(connected.length, 0)
  ;(await one.connect(target!, signal)).destroy()
  assert.equal(connected.length, 1)
})
