// `mail-gateway check` for Microsoft 365 against servers nobody here wrote: an authorization server and a mail server from
// npm; Graph is held to Microsoft's schema. What is asked, what is found, and how often a token is asked for.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { CheckEvent, CheckResult, Evidence } from '@mail-gateway/contract'
import { makeCertificates } from '../peers/certificates.ts'
import { sixForms } from '../peers/check.ts'
import { command } from '../peers/command.ts'
import type { Ended } from '../peers/command.ts'
import { startExchange } from '../peers/exchange.ts'
import type { ExchangePeer } from '../peers/exchange.ts'
import { startGraph } from '../peers/graph.ts'
import type { GraphPeer } from '../peers/graph.ts'
import { startOidc } from '../peers/oidc.ts'
import type { OidcPeer, Registered } from '../peers/oidc.ts'

const tenantId = '8f2c1d3a-4b5e-4f60-9a7b-1c2d3e4f5a6b'
const outlook = 'https://outlook.office365.com'
const mailbox = 'gateway@contoso.example'
const secret = 'Zr8Q~kL3.fA_w-93nVbTqu4rryStone~77'
const application = (n: number, roles: Registered['roles']): Registered => ({ id: `a7c3f0e2-1111-4222-8333-94445555666${n}`, secret, roles })

let oidc: OidcPeer
let exchange: ExchangePeer
let graph: GraphPeer
let folder = ''
let files = 0
let applications: readonly Registered[] = []

before(async () => {
  const certificates = await makeCertificates()
  graph = await startGraph({ certificate: certificates.good, oidc: () => oidc, audience: 'https://graph.peer.test', mailboxes: [mailbox] })
  applications = [
    application(1, { [outlook]: ['SMTP.SendAsApp'], 'https://graph.peer.test': ['Mail.Send'] }),
    application(2, { 'https://graph.peer.test': ['Mail.Send', 'Mail.ReadWrite', 'Directory.ReadWrite.All'] }),
    application(3, {}),
  ]
  oidc = await startOidc({ certificate: certificates.good, tenantId, domain: 'contoso.example', resources: [outlook, 'https://graph.peer.test'], applications, metadata: { tenant_region_scope: 'EU' } })
  exchange = await startExchange({ certificate: certificates.good, oidc, audience: outlook, mailboxes: [mailbox] })
  folder = await mkdtemp(join(tmpdir(), 'mail-gateway-'))
  await writeFile(join(folder, 'ca.pem'), certificates.ca)
  await writeFile(join(folder, 'clouds.json'), JSON.stringify([cloud()]))
})
after(() => Promise.all([rm(folder, { recursive: true }), ...[oidc, exchange, graph].map((peer) => peer.close())]))

const cloud = (change: Record<string, unknown> = {}) => ({
  id: 'peer', label: 'Peers', authority: oidc.origin, graph: graph.origin, graphScope: 'https://graph.peer.test/.default',
  smtpScope: `${outlook}/.default`, smtpHost: '127.0.0.1', smtpPort: exchange.port, ...change,
})

interface Wish {
  readonly settings?: Record<string, unknown>
  readonly clientSecret?: string
  readonly cloud?: Record<string, unknown>
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
}

const check = async (mode: 'smtp-office365' | 'graph', wish: Wish = {}): Promise<Ended> => {
  const settings = { cloud: 'peer', tenantId, clientId: applications[0]!.id, from: mailbox, ...wish.settings }
  const file = join(folder, `gateway-${files += 1}.json`)
  await writeFile(file, JSON.stringify({ mode, settings, secrets: { clientSecret: { env: 'THE_SECRET' } }, to: 'ada@acme.example' }))
  return command(['check', file, '--json', ...wish.args ?? []], {
    env: {
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), MAIL_GATEWAY_EGRESS_ALLOW: '127.0.0.1', MAIL_GATEWAY_EGRESS_PORTS: '1024-65535',
      MAIL_GATEWAY_CLOUDS: wish.cloud ? JSON.stringify([cloud(wish.cloud)]) : join(folder, 'clouds.json'), THE_SECRET: wish.clientSecret ?? secret, ...wish.env,
    },
  })
}

const events = ({ stdout }: Ended): CheckEvent[] => stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as CheckEvent)
const rowsOf = (ended: Ended): Record<string, CheckResult> => Object.fromEntries(events(ended).flatMap((event) => (event.event === 'result' ? [[event.id, event]] : [])))
const evidenceOf = (ended: Ended, row: string): Evidence => rowsOf(ended)[row]?.evidence ?? {}
const verdictOf = (ended: Ended): string | undefined => events(ended).flatMap((event) => (event.event === 'end' ? [event.verdict] : []))[0]
const failed = (ended: Ended): CheckResult | undefined => Object.values(rowsOf(ended)).find(({ status }) => status === 'fail')

/** What one run asked the authorization server. */
const asking = async (work: () => Promise<Ended>): Promise<{ ended: Ended; asked: readonly string[] }> => {
  const from = oidc.asked.length
  const ended = await work()
  return { ended, asked: oidc.asked.slice(from) }
}
const discovery = `GET /${tenantId}/v2.0/.well-known/openid-configuration`
const tokenRequest = `POST /${tenantId}/oauth2/v2.0/token`

const tellsNoSecret = ({ stdout, stderr }: Ended): void => {
  for (const form of sixForms(secret)) assert.ok(!stdout.includes(form) && !stderr.includes(form), 'the secret is in the output')
  assert.doesNotMatch(stdout + stderr, /eyJ[A-Za-z0-9_-]{20,}/, 'a token is in the output')
}

describe('SMTP Office 365 (OAuth2)', () => {
  test('must show 2: passes from tenant to message, with evidence, one token request, one sign-in by XOAUTH2', async () => {
    const { ended, asked } = await asking(() => check('smtp-office365'))
    assert.deepEqual([ended.code, ended.stderr, verdictOf(ended)], [0, '', 'passed'], ended.stdout)
    assert.deepEqual(asked, [discovery, tokenRequest])
    assert.equal(evidenceOf(ended, 'tenant').tenantId, tenantId)
    assert.equal(evidenceOf(ended, 'token').audience, outlook)
    assert.ok(Number(evidenceOf(ended, 'token').expiresIn) > 3500)
    assert.deepEqual([evidenceOf(ended, 'permission').roles].flat(), ['SMTP.SendAsApp'])
    assert.deepEqual([evidenceOf(ended, 'sign-in').mechanism, evidenceOf(ended, 'sign-in').user], ['XOAUTH2', mailbox])
    assert.deepEqual(exchange.signIns.at(-1), { user: mailbox, method: 'XOAUTH2' })
    const mail = exchange.inbox.at(-1)!
    assert.deepEqual([mail.signedInAs, mail.from, mail.to], [mailbox, mailbox, ['ada@acme.example']])
    tellsNoSecret(ended)
  })

  test('must show 2: a tenant by its domain; the mailbox that signs in differs from From', async () => {
    const ended = await check('smtp-office365', { settings: { tenantId: 'contoso.example', account: mailbox, from: 'alerts@contoso.example' } })
    assert.equal(ended.code, 0, ended.stdout)
    assert.deepEqual([exchange.inbox.at(-1)!.signedInAs, exchange.inbox.at(-1)!.from], [mailbox, 'alerts@contoso.example'])
  })

  test('must show 2: the server refuses the token: the challenge it gave is told, asked once, tried once', async () => {
    const before = exchange.signIns.length
    const { ended, asked } = await asking(() => check('smtp-office365', { settings: { account: 'nobody@contoso.example' } }))
    assert.deepEqual([ended.code, verdictOf(ended), failed(ended)?.id], [1, 'failed', 'sign-in'], ended.stdout)
    assert.match(failed(ended)!.finding!.said ?? '', /535|outlook\.office365\.com/)
    assert.deepEqual(asked, [discovery, tokenRequest])
    assert.equal(exchange.signIns.length, before + 1)
    tellsNoSecret(ended)
  })

  test('must show 2: an application without the right gets a token, and the sign-in tells', async () => {
    const ended = await check('smtp-office365', { settings: { clientId: applications[2]!.id } })
    assert.deepEqual([ended.code, rowsOf(ended).permission?.status, failed(ended)?.id], [1, 'unproven', 'sign-in'], ended.stdout)
    assert.match(exchange.signIns.at(-1)!.refused ?? '', /SMTP\.SendAsApp/)
  })
})

describe('Exchange Online (Graph API)', () => {
  for (const [saveToSentItems, form] of [[false, 'json'], [true, 'mime']] as const) {
    test(`must show 2: passes, ${saveToSentItems ? 'with' : 'without'} a copy in Sent Items, with evidence and one token request`, async () => {
      const { ended, asked } = await asking(() => check('graph', { settings: { saveToSentItems } }))
      assert.deepEqual([ended.code, ended.stderr, verdictOf(ended)], [0, '', 'passed'], ended.stdout)
      assert.deepEqual(asked, [discovery, tokenRequest])
      assert.match(String(evidenceOf(ended, 'message').requestId), /^[0-9a-f-]{36}$/)
      const mail = graph.sent.at(-1)!
      assert.deepEqual([mail.mailbox, mail.to, mail.savedToSentItems, mail.form], [mailbox, ['ada@acme.example'], saveToSentItems, form])
      assert.ok(mail.subject && mail.text)
      tellsNoSecret(ended)
    })
  }

  for (const saveToSentItems of [false, true]) {
    test(`must show 2: names, reply address and letters of other scripts arrive, ${saveToSentItems ? 'with' : 'without'} a copy`, async () => {
      const fromName = 'Größe & Co 株式会社'
      const ended = await check('graph', { settings: { saveToSentItems, fromName, replyTo: 'answers@acme.example' } })
      assert.equal(ended.code, 0, ended.stdout)
      const { name, replyTo } = graph.sent.at(-1)!
      assert.deepEqual([name, replyTo], [fromName, ['answers@acme.example']])
    })
  }

  test('must show 2: a mailbox that does not exist: failed at the message', async () => {
    const ended = await check('graph', { settings: { from: 'nobody@contoso.example' } })
    assert.deepEqual([ended.code, failed(ended)?.id, failed(ended)?.finding?.field], [1, 'message', 'from'], ended.stdout)
  })

  test('must show 2: a right that is missing leaves its row open, and Graph’s refusal tells', async () => {
    const ended = await check('graph', { settings: { clientId: applications[2]!.id } })
    assert.deepEqual([ended.code, rowsOf(ended).permission?.status, failed(ended)?.id], [1, 'unproven', 'message'], ended.stdout)
  })

  test('must show 2: too many rights are advice, not a failure', async () => {
    const ended = await check('graph', { settings: { clientId: applications[1]!.id } })
    assert.deepEqual([ended.code, rowsOf(ended).permission?.status], [0, 'warn'], ended.stdout)
  })

  test('must show 2: to the stage of identity: a token, and no message', async () => {
    const before = graph.asked.length
    const { ended, asked } = await asking(() => check('graph', { args: ['--until', 'identity'] }))
    assert.deepEqual([ended.code, graph.asked.length, asked], [0, before, [discovery, tokenRequest]], ended.stdout)
  })
})

interface Wrong extends Wish {
  readonly what: string
  readonly row: string
  readonly code: string
  readonly field: string
  /** Requests for a token. */
  readonly tokens: number
}

const wrong: readonly Wrong[] = [
  { what: 'a secret that is another one', row: 'token', code: 'oauth.invalid-client', field: 'clientSecret', tokens: 1, clientSecret: 'another~secret.that-is-long-enough_88' },
  // The standard has one name for both (RFC 6749 section 5.2); Entra tells them apart by number.
  { what: 'an application nobody registered', row: 'token', code: 'oauth.invalid-client', field: 'clientSecret', tokens: 1, settings: { clientId: 'b7c3f0e2-1111-4222-8333-944455556666' } },
  { what: 'a resource the server does not know', row: 'token', code: 'oauth.invalid-target', field: 'scope', tokens: 1, cloud: { graphScope: 'https://other.peer.test/.default', smtpScope: 'https://other.peer.test/.default' } },
  { what: 'a tenant that does not exist', row: 'tenant', code: 'entra.aadsts-90002', field: 'tenantId', tokens: 0, settings: { tenantId: 'fabrikam.example' } },
  { what: 'the two ids swapped', row: 'tenant', code: 'tenant.swapped', field: 'tenantId', tokens: 0, settings: { tenantId: 'a7c3f0e2-1111-4222-8333-944455556661', clientId: tenantId } },
  { what: 'a scope of another resource', row: 'inputs', code: 'settings.incomplete', field: 'scope', tokens: 0, settings: { scope: 'https://vault.azure.net/.default' } },
  { what: 'a sign-in service that is not there', row: 'tenant', code: 'https.refused', field: '', tokens: 0, cloud: { authority: 'https://127.0.0.1:1024' } },
]

describe('what is wrong', { concurrency: 2 }, () => {
  for (const mode of ['smtp-office365', 'graph'] as const) for (const { what, row, code, field, ...wish } of wrong) {
    test(`must show 2: ${mode}: ${what}: exit 1 at ${row} with ${code}`, async () => {
      const ended = await check(mode, wish)
      const { finding, id } = failed(ended) ?? {}
      assert.deepEqual([ended.code, verdictOf(ended), id, finding?.code], [1, 'failed', row, code], ended.stdout)
      assert.equal(finding!.field ?? '', field)
      assert.ok(finding!.title && finding!.cause && finding!.fixes.length > 0)
      tellsNoSecret(ended)
    })
  }
})

describe('what is asked for that', () => {
  for (const { what, tokens, ...wish } of wrong) {
    test(`must show 2: ${what}: ${tokens} token requests`, async () => {
      const { asked } = await asking(() => check('graph', wish))
      assert.equal(asked.filter((line) => line.endsWith('/token')).length, tokens)
    })
  }

  test('an address the operator has not opened is refused with the line to add, and nothing is asked', async () => {
    const { ended, asked } = await asking(() => check('graph', { env: { MAIL_GATEWAY_EGRESS_ALLOW: '' } }))
    assert.deepEqual([ended.code, asked], [1, []], ended.stdout)
    assert.match(ended.stderr, /MAIL_GATEWAY_EGRESS_ALLOW=127\.0\.0\.1/)
  })
})
