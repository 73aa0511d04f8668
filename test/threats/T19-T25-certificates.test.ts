// Trust: the pinned address never weakens the check of the name, and every bad certificate fails for its own reason.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Network } from '../../packages/bff/src/ports/ports.ts'
import { nodeNetwork } from '../../packages/bff/src/adapters/node/network.ts'
import { trust } from '../../demo/sandbox/index.ts'
import { forged, issue, makeAuthority, makeCertificates } from '../peers/certificates.ts'
import type { Authority, Certificate } from '../peers/certificates.ts'
import { check } from '../peers/check.ts'
import { account, startPeer, wellBehaved } from '../peers/peer.ts'
import type { Good, Peer } from '../peers/peer.ts'

let authority: Authority
let stock: Awaited<ReturnType<typeof makeCertificates>>
const peers: Peer[] = []
before(async () => { [authority, stock] = await Promise.all([makeAuthority('Authority of the test'), makeCertificates()]) })
after(() => Promise.all(peers.map((peer) => peer.close())))

const serve = async (good: Good): Promise<Peer> => {
  const peer = await startPeer(wellBehaved(good))
  peers.push(peer)
  return peer
}

/** Every name means loopback, as a hosts file would say it. */
const pinned: Network = { lookup: async () => [{ address: '127.0.0.1', family: 4 }], connect: nodeNetwork.connect, request: nodeNetwork.request }

const ask = (peer: Peer, { security = 'starttls', host = 'localhost', ca = authority.pem, ...more }: { security?: string; host?: string; ca?: string; tlsVersion?: string } = {}) =>
  check({ host, port: peer.port, security, authentication: 'password', username: account.username, password: account.password, from: 'a@acme.example', ca, ...more }, { network: pinned, until: 'identity' })

for (const security of ['starttls', 'tls']) {
  const tlsAtOnce = security === 'tls'
  test(`threat T19: ${security}: pinned to an address, the right name passes`, async () => {
    const peer = await serve({ certificate: await issue(authority), tlsAtOnce })
    const { verdict, rows } = await ask(peer, { security, host: 'mail.demo.test' })
    assert.equal(verdict, 'passed')
    assert.deepEqual(rows.connect?.evidence, { address: '127.0.0.1', port: peer.port })
  })

  test(`threat T19: ${security}: pinned to an address, another name fails although the address is in the certificate`, async () => {
    const peer = await serve({ certificate: await issue(authority), tlsAtOnce })
    const { code, finding } = await ask(peer, { security, host: 'mail.elsewhere.test' })
    assert.equal(code, 'tls.certificate.name')
    assert.match(finding!.cause, /mail\.demo\.test/)
    assert.deepEqual(peer.signIns(), [])
  })

  test(`threat T19: ${security}: a certificate for the address alone does not vouch for the name`, async () => {
    const peer = await serve({ certificate: await issue(authority, { names: [{ type: 'ip', value: '127.0.0.1' }], subject: 'CN=An address only' }), tlsAtOnce })
    assert.equal((await ask(peer, { security, host: 'mail.demo.test' })).code, 'tls.certificate.name')
    assert.equal((await ask(peer, { security, host: '127.0.0.1' })).verdict, 'passed', 'typed as an address it does')
    assert.deepEqual(peer.signIns().length, 1)
  })

  test(`threat T19: ${security}: an address is not vouched for by a certificate of names`, async () => {
    const peer = await serve({ certificate: await issue(authority, { names: [{ type: 'dns', value: 'mail.demo.test' }] }), tlsAtOnce })
    assert.equal((await ask(peer, { security, host: '127.0.0.1' })).code, 'tls.certificate.name')
    assert.deepEqual(peer.signIns(), [])
  })
}

test('threat T19: an own authority is trusted besides the usual roots and only by its own gateway', async () => {
  const [peer, other] = [await serve({ certificate: await issue(authority) }), await makeAuthority('Another')]
  assert.equal((await ask(peer)).verdict, 'passed')
  assert.equal((await ask(peer, { ca: other.pem })).code, 'tls.certificate.chain')
  assert.equal((await ask(peer)).verdict, 'passed')
})

test('threat T19: what only looks like a certificate is refused as unreadable, and nothing is trusted by it', async () => {
  const peer = await serve({ certificate: await issue(authority) })
  const ca = `-----BEGIN CERTIFICATE-----\n${Buffer.from('not a certificate at all').toString('base64')}\n-----END CERTIFICATE-----\n`
  const { code, finding } = await ask(peer, { ca })
  assert.equal(code, 'tls.ca-unreadable')
  assert.equal(finding!.field, 'ca')
  assert.deepEqual(peer.signIns(), [])
})

/** Extended key usage of a certificate for clients (RFC 5280 section 4.2.1.12). */
const clientAuth = '1.3.6.1.5.5.7.3.2'
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)
const old = (version: 'TLSv1' | 'TLSv1.1') => ({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }) as const
const withRoot = async (): Promise<Certificate> => {
  const foreign = await makeAuthority('Root that comes along')
  const leaf = await issue(foreign)
  return { ...leaf, cert: `${leaf.cert}\n${foreign.pem}` }
}

/** Each bad server, and the code of its own. Nobody can see the difference between TLS 1.0 and 1.1: both end in the same alert. */
const bad: readonly [what: string, code: string, how: () => Promise<Good>][] = [
  ['expired', 'tls.certificate.expired', async () => ({ certificate: await issue(authority, { from: inDays(-90), until: inDays(-1) }) })],
  ['not yet valid', 'tls.certificate.not-yet-valid', async () => ({ certificate: await issue(authority, { from: inDays(2) }) })],
  ['another name', 'tls.certificate.name', async () => ({ certificate: await issue(authority, { names: [{ type: 'dns', value: 'mail.other.test' }] }) })],
  ['self-signed', 'tls.certificate.self-signed', async () => ({ certificate: stock.selfSigned })],
  ['unknown authority', 'tls.certificate.chain', async () => ({ certificate: stock.unknownCa })],
  ['a root that comes along', 'tls.certificate.private-ca', async () => ({ certificate: await withRoot() })],
  ['made for clients', 'tls.certificate.untrusted', async () => ({ certificate: await issue(authority, { usage: clientAuth }) })],
  ['a key of 1024 bits', 'tls.certificate.weak', async () => ({ certificate: await issue(authority, { rsa: 1024 }), tls: { ciphers: 'DEFAULT@SECLEVEL=0' } })],
  ['broken ciphers only', 'tls.cipher', async () => ({ certificate: await issue(authority, { rsa: 2048 }), tls: { ciphers: 'NULL-SHA256:@SECLEVEL=0', maxVersion: 'TLSv1.2' } })],
  ['TLS 1.0', 'tls.version', async () => ({ certificate: stock.good, tls: old('TLSv1') })],
  ['TLS 1.1', 'tls.version', async () => ({ certificate: stock.good, tls: old('TLSv1.1') })],
]

for (const security of ['starttls', 'tls']) for (const [what, code, how] of bad) {
  test(`threat T25: ${security}: ${what}: ${code}, no sign-in`, async () => {
    const peer = await serve({ ...await how(), tlsAtOnce: security === 'tls' })
    const answer = await ask(peer, { security })
    assert.equal(answer.code, code)
    assert.equal(answer.ended?.id, 'encryption')
    assert.deepEqual(peer.signIns(), [])
    assert.equal(peer.heard.join('\n').includes(account.password), false)
  })
}

test('threat T25: at least eight codes are told apart', () => { assert.ok(new Set(bad.map(([, code]) => code)).size >= 8) })

test('threat T25: TLS 1.2 is enough by default and not where 1.3 is the least, which is said so', async () => {
  const peer = await serve({ certificate: await issue(authority), tls: { maxVersion: 'TLSv1.2' } })
  const usual = await ask(peer)
  assert.equal(usual.rows.encryption?.evidence?.protocol, 'TLSv1.2')
  const strict = await ask(peer, { tlsVersion: '1.3' })
  assert.equal(strict.code, 'tls.version')
  assert.match(strict.finding!.title, /1\.3/)
  assert.equal(strict.finding!.field, 'tlsVersion')
})

test('threat T25: a date that is none, in a certificate nobody vouched for, does not end the process', async () => {
  const certificate = forged(stock.unknownCa, (der) => {
    const at = der.indexOf(Buffer.from([0x17, 0x0d]))
    der.write('99ZZ99999999Z', at + 2, 'latin1')
    return der
  })
  const peer = await serve({ certificate })
  const { code, verdict } = await ask(peer)
  assert.match(code ?? '', /^tls\./)
  assert.equal(verdict, 'failed')
  assert.deepEqual(peer.signIns(), [])
})

test('threat T28: names in a certificate are shown inert', async () => {
  const hostile = 'CN=\u202Egnp.exe\u001b[31m<script>alert(1)</script>'
  const foreign = await makeAuthority('Evil \u001b[31m\u202Eauthority')
  const peer = await serve({ certificate: await issue(foreign, { subject: hostile, names: [{ type: 'dns', value: 'other.test' }] }) })
  const untrusted = await ask(peer)
  assert.equal(untrusted.code, 'tls.certificate.chain')
  const trusted = await serve({ certificate: await issue(authority, { subject: hostile }) })
  const passed = await ask(trusted)
  assert.equal(passed.verdict, 'passed')
  for (const { events } of [untrusted, passed]) assert.doesNotMatch(JSON.stringify(events), /\\u001b|\u202E/)
  assert.match(String(passed.rows.encryption?.evidence?.subject), /\\u\{202e\}gnp\.exe/)
})

test('threat T19: with an own authority the usual roots still count', async () => {
  const [usual, other] = [await makeAuthority('Usual root'), await makeAuthority('Own authority')]
  const peer = await serve({ certificate: await issue(usual) })
  assert.equal((await ask(peer, { ca: other.pem })).code, 'tls.certificate.chain')
  trust(usual.pem)
  assert.equal((await ask(peer, { ca: other.pem })).verdict, 'passed')
  assert.equal((await ask(peer, { ca: '' })).verdict, 'passed')
})
