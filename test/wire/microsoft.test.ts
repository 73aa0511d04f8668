// Tokens of a running gateway: asked for once, kept sealed in its database, gone with the secret they were got with.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { trust } from '../../demo/sandbox/certificates.ts'
import { makeCertificates } from '../peers/certificates.ts'
import { startGraph } from '../peers/graph.ts'
import { startOidc } from '../peers/oidc.ts'
import type { OidcPeer } from '../peers/oidc.ts'
import { openLab, statusOf, verdictOf } from './lab.ts'

const tenantId = '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b'
const clientId = 'a7c3f0e2-1111-4222-8333-944455556661'
const resource = 'https://graph.peer.test'
const [first, second] = ['Zr8Q~kL3.fA_w-93nVbTqu4rryStone~77', 'Bk2W~other.one_w-93nVbTqu4rryStone~4']
const mailbox = 'gateway@contoso.example'

const certificates = await makeCertificates()
trust(certificates.ca)
let oidc: OidcPeer
const graph = await startGraph({ certificate: certificates.good, oidc: () => oidc, audience: resource, mailboxes: [mailbox] })
oidc = await startOidc({
  certificate: certificates.good, tenantId, domain: 'contoso.example', resources: [resource],
  applications: [{ id: clientId, secret: first!, roles: { [resource]: ['Mail.Send'] } }, { id: clientId.replace(/1$/, '2'), secret: second!, roles: { [resource]: ['Mail.Send'] } }],
})
after(() => Promise.all([oidc.close(), graph.close()]))

const clouds = [{ id: 'peer', label: 'Peers', authority: oidc.origin, graph: graph.origin, graphScope: `${resource}/.default`, smtpScope: `${resource}/.default`, smtpPort: 587 }]
const settings = { cloud: 'peer', tenantId, clientId, from: mailbox }
const draft = { name: 'Microsoft', mode: 'graph', settings, secrets: { clientSecret: { value: first } } }

test('one token request for a check, none for the next, none after a restart: it lies sealed in the database', async (t) => {
  const lab = await openLab(t, { clouds })
  const { id } = await lab.json<GatewayView>('POST', '/gateways', 201, { body: draft })
  const before = oidc.tokenRequests()
  const run = () => lab.check({ gatewayId: id, until: 'delivery', to: 'ada@acme.example' })
  for (const round of ['cold', 'kept']) {
    const events = await run()
    assert.equal(verdictOf(events), 'passed', `${round}: ${JSON.stringify(events)}`)
    assert.equal(statusOf(events, 'token'), 'pass')
  }
  await lab.restart({ clouds })
  assert.equal(verdictOf(await run()), 'passed')
  assert.equal(oidc.tokenRequests() - before, 1)
  assert.equal(graph.sent.length, 3)
  const bytes = lab.stored()
  // How every token signed with RS256 begins.
  for (const leak of [Buffer.from('{"alg":"RS256"').toString('base64url').slice(0, -1), first!]) assert.ok(!bytes.includes(leak), leak)
})

test('another application, or a wrong secret, never gets the token that is kept', async (t) => {
  const lab = await openLab(t, { clouds })
  const check = (clientSecret: string, more = {}) => lab.check({ mode: 'graph', settings: { ...settings, ...more }, secrets: { clientSecret: { value: clientSecret } }, until: 'identity' })
  const before = oidc.tokenRequests()
  assert.equal(verdictOf(await check(first!)), 'passed')
  assert.equal(verdictOf(await check('wrong~secret.wrong~secret.wrong~secret')), 'failed')
  assert.equal(verdictOf(await check(second!, { clientId: clientId.replace(/1$/, '2') })), 'passed')
  assert.equal(oidc.tokenRequests() - before, 3)
  assert.equal(verdictOf(await check(first!)), 'passed')
  assert.equal(oidc.tokenRequests() - before, 3)
})

test('a token of one tenant of ours is no help to another', async (t) => {
  const lab = await openLab(t, { clouds })
  const before = oidc.tokenRequests()
  for (const as of ['admin', 'other', 'admin', 'other']) {
    const events = await lab.check({ mode: 'graph', settings, secrets: { clientSecret: { value: first } }, until: 'identity' }, { as })
    assert.equal(verdictOf(events), 'passed')
  }
  assert.equal(oidc.tokenRequests() - before, 2)
})
