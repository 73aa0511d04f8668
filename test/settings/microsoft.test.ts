// The Microsoft modes: each setting changes what crosses the wire, and each row says what its own step found out.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import PostalMime from 'postal-mime'
import type { GatewayView } from '@mail-gateway/contract'
import { planOf } from '../../packages/bff/src/modes/mode.ts'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { check } from '../peers/check.ts'
import type { Answer } from '../peers/check.ts'
import { inTurn, json } from '../peers/https.ts'
import type { Asked } from '../peers/https.ts'
import { checkGraph, checkOffice, clientId, clientSecret, cloudWith, exchangeJwt, graphOver, graphValues, jwt, mailbox, officeOver, startMicrosoft, startSubmission, tenantId, tokenFor } from '../peers/microsoft.ts'
import type { Answers, MicrosoftPeer, Submission } from '../peers/microsoft.ts'
import { openLab } from '../wire/lab.ts'
import { withinTime } from '../within-time.ts'

const open: { close(): Promise<void> }[] = []
after(() => Promise.all(open.map((one) => one.close())))
const kept = <T extends { close(): Promise<void> }>(one: T): T => { open.push(one); return one }

type Values = Record<string, unknown>
const another = 'b7c3f0e2-2222-4222-8333-944455556666'

interface Seen {
  readonly web: MicrosoftPeer
  readonly answer: Answer
  readonly form: URLSearchParams
  readonly mail: Asked
}
const overGraph = async (values: Values = {}, answers: Answers = {}): Promise<Seen> => {
  const web = kept(await startMicrosoft(answers))
  const answer = await checkGraph(web, values)
  return { web, answer, form: new URLSearchParams(web.to('token')[0]?.body), mail: web.to('sendMail')[0]! }
}
const message = ({ mail }: Seen): Record<string, unknown> => (JSON.parse(mail.body) as { message: Record<string, unknown> }).message

interface Sent {
  readonly web: MicrosoftPeer
  readonly server: Submission
  readonly answer: Answer
  readonly form: URLSearchParams
}
const overSmtp = async (values: Values = {}, answers: Answers = {}, manners: Parameters<typeof startSubmission>[0] = {}): Promise<Sent> => {
  const token = exchangeJwt()
  const user = String(values.account ?? values.from ?? mailbox)
  const [web, server] = [kept(await startMicrosoft({ token: tokenFor(token), ...answers })), kept(await startSubmission({ accessToken: token, user, ...manners }))]
  return { web, server, answer: await checkOffice(web, server, values), form: new URLSearchParams(web.to('token')[0]?.body) }
}
const source = ({ server }: Sent) => server.mail.list()[0]!
const header = (sent: Sent, name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'mi').exec(source(sent).source)?.[1]?.trim()

/** Two of a kind, each recognised by its own peers. */
const moved = async (mode: 'graph' | 'smtp-office365'): Promise<void> => {
  const worlds = await Promise.all(['one', 'two'].map(async (id) => {
    const token = mode === 'graph' ? jwt() : exchangeJwt()
    const [web, server] = [kept(await startMicrosoft({ token: tokenFor(token) })), kept(await startSubmission({ accessToken: token }))]
    return { web, server, cloud: { ...cloudWith(web, server), id } }
  }))
  const clouds = worlds.map(({ cloud }) => cloud)
  const { verdict } = await check({ ...graphValues, cloud: 'two' }, { mode: mode === 'graph' ? graphOver(...clouds) : officeOver(...clouds) })
  assert.equal(verdict, 'passed')
  assert.deepEqual(worlds.map(({ web, server }) => [web.to('discovery').length, web.to('token').length, mode === 'graph' ? web.to('sendMail').length : server.connections]), [[0, 0, 0], [1, 1, 1]])
}

/** The end of a secret crosses no wire of a server: the list of gateways shows it. */
const listed = async (mode: string): Promise<void> => {
  const cleanups: (() => unknown)[] = []
  const lab = await openLab({ after: (work: () => unknown) => { cleanups.push(work) } } as never)
  const body = { mode, settings: { tenantId, clientId, from: mailbox, clientSecretExpires: '2099-05-01' }, secrets: { clientSecret: { value: clientSecret } } }
  const view = await lab.json<GatewayView>('POST', '/gateways', 201, { body })
  assert.equal(view.secrets.clientSecret?.expires, '2099-05-01')
  for (const clean of cleanups) await clean()
}

const common = {
  tenantId: async (run: (values: Values) => Promise<{ web: MicrosoftPeer }>) => {
    const { web } = await run({ tenantId: 'Contoso.onMicrosoft.com' })
    assert.deepEqual([web.to('discovery')[0]?.path, web.to('token')[0]?.path], ['/contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration', '/contoso.onmicrosoft.com/oauth2/v2.0/token'])
  },
  clientId: async (run: (values: Values) => Promise<{ form: URLSearchParams }>) => {
    const { form } = await run({ clientId: another.toUpperCase() })
    assert.equal(form.get('client_id'), another)
  },
  clientSecret: async (run: (values: Values) => Promise<{ form: URLSearchParams }>) => {
    const odd = 'a&b=c+d %41~.é'
    const { form } = await run({ clientSecret: odd })
    assert.equal(form.get('client_secret'), odd)
  },
}

const graphProofs: Readonly<Record<string, () => Promise<void>>> = {
  cloud: () => moved('graph'),
  tenantId: () => common.tenantId(overGraph),
  clientId: () => common.clientId(overGraph),
  clientSecret: () => common.clientSecret(overGraph),
  clientSecretExpires: () => listed('graph'),
  async scope() {
    const { form } = await overGraph()
    assert.deepEqual([form.get('grant_type'), form.get('scope')?.split(' ')[0]], ['client_credentials', 'https://graph.microsoft.com/.default'])
    const web = kept(await startMicrosoft())
    const cloud = { ...web.cloud, graphScope: 'https://graph.contoso.example/.default' }
    await check({ ...graphValues, scope: ' HTTPS://graph.contoso.example/.default ' }, { mode: graphOver(cloud) })
    assert.equal(new URLSearchParams(web.to('token')[0]?.body).get('scope')?.split(' ')[0]?.toLowerCase(), 'https://graph.contoso.example/.default')
  },
  async from() {
    const seen = await overGraph({ from: 'News@CONTOSO.example' })
    assert.equal(seen.mail.path, '/v1.0/users/News@contoso.example/sendMail')
    assert.deepEqual(message(seen).from, { emailAddress: { address: 'News@contoso.example' } })
  },
  async fromName() {
    assert.deepEqual(message(await overGraph({ fromName: 'Ächme, "Mail" ❤️' })).from, { emailAddress: { name: 'Ächme, "Mail" ❤️', address: mailbox } })
  },
  async envelopeFrom() {
    const seen = await overGraph({ envelopeFrom: 'gateway@contoso.example' })
    assert.equal(seen.mail.path, '/v1.0/users/gateway@contoso.example/sendMail')
    assert.deepEqual(message(seen).from, { emailAddress: { address: mailbox } })
  },
  async replyTo() {
    assert.equal('replyTo' in message(await overGraph()), false)
    assert.deepEqual(message(await overGraph({ replyTo: 'help@acme.example' })).replyTo, [{ emailAddress: { address: 'help@acme.example' } }])
  },
  async signature() {
    const { content } = message(await overGraph({ signature: 'Acme\r\n.IT, Zürich' })).body as { content: string }
    assert.match(content, /\n\n-- \nAcme\n\.IT, Zürich\n$/)
    assert.doesNotMatch((message(await overGraph()).body as { content: string }).content, /^-- $/m)
  },
  async saveToSentItems() {
    const [without, copy] = [await overGraph(), await overGraph({ saveToSentItems: true, fromName: 'Ächme', replyTo: 'help@acme.example', envelopeFrom: 'gateway@contoso.example' })]
    assert.equal((JSON.parse(without.mail.body) as { saveToSentItems: unknown }).saveToSentItems, false)
    assert.deepEqual([without.mail, copy.mail].map(({ headers }) => headers['content-type']), ['application/json', 'text/plain'])
    const parsed = await PostalMime.parse(Buffer.from(copy.mail.body, 'base64'))
    assert.deepEqual([parsed.from, parsed.replyTo?.[0]?.address, parsed.to?.[0]?.address, parsed.messageId, copy.mail.path],
      [{ name: 'Ächme', address: mailbox }, 'help@acme.example', 'ada@acme.example', copy.answer.rows.message?.evidence?.messageId, '/v1.0/users/gateway@contoso.example/sendMail'])
  },
  async timeout() {
    const { answer } = await overGraph({ timeout: 5 }, { sendMail: () => {} })
    withinTime(answer.took, { from: 5000, to: 5600 })
    assert.equal(answer.code, 'graph.message.unproven')
  },
}

const officeProofs: Readonly<Record<string, () => Promise<void>>> = {
  cloud: () => moved('smtp-office365'),
  tenantId: () => common.tenantId(overSmtp),
  clientId: () => common.clientId(overSmtp),
  clientSecret: () => common.clientSecret(overSmtp),
  clientSecretExpires: () => listed('smtp-office365'),
  async scope() {
    for (const [typed, asked] of [[undefined, 'https://outlook.office365.com/.default'], ['https://outlook.office.com/.default', 'https://outlook.office.com/.default']] as const) {
      const { form, answer } = await overSmtp(typed ? { scope: typed } : {})
      assert.equal(form.get('scope')?.split(' ')[0], asked)
      assert.equal(answer.verdict, 'passed', 'either name of the resource fits the token')
    }
  },
  async account() {
    const sent = await overSmtp({ account: 'gateway@CONTOSO.example' }, {}, { user: 'gateway@contoso.example' })
    assert.deepEqual([sent.answer.verdict, sent.answer.rows['sign-in']?.evidence?.user], ['passed', 'gateway@contoso.example'])
    assert.equal(source(sent).envelope.from, mailbox)
    assert.equal((await overSmtp()).answer.rows['sign-in']?.evidence?.user, mailbox, 'the From address where none is named')
  },
  async from() {
    const sent = await overSmtp({ from: 'News@CONTOSO.example', account: mailbox })
    assert.deepEqual([source(sent).envelope.from, header(sent, 'From')], ['News@contoso.example', 'News@contoso.example'])
  },
  async fromName() { assert.equal(header(await overSmtp({ fromName: 'Acme, Mail' }), 'From'), `"Acme, Mail" <${mailbox}>`) },
  async envelopeFrom() {
    const sent = await overSmtp({ envelopeFrom: 'bounces@contoso.example' })
    assert.deepEqual([source(sent).envelope.from, header(sent, 'From')], ['bounces@contoso.example', mailbox])
  },
  async replyTo() {
    assert.deepEqual([header(await overSmtp(), 'Reply-To'), header(await overSmtp({ replyTo: 'help@acme.example' }), 'Reply-To')], [undefined, 'help@acme.example'])
  },
  async signature() { assert.match(source(await overSmtp({ signature: 'Acme\n.IT' })).text, /\n-- \nAcme\n\.IT\n*$/) },
  async timeout() {
    const { answer } = await overSmtp({ timeout: 5 }, {}, { slow: 1500 })
    assert.equal(answer.code, 'run.deadline')
    withinTime(answer.took, { from: 5000, to: 5600 })
  },
}

for (const [mode, proofs] of [[graphOver(builtInClouds[0]!), graphProofs], [officeOver(builtInClouds[0]!), officeProofs]] as const) {
  describe(`each setting of ${mode.id}`, { concurrency: 6 }, () => {
    for (const name of Object.keys(mode.settings.shape)) {
      test(`must show 6: ${name} changes what crosses the wire`, async () => {
        assert.ok(proofs[name], `no proof for ${name}`)
        await proofs[name]()
      })
    }
  })
}

describe('rows', { concurrency: 6 }, () => {
  test('what is asked of Microsoft, letter by letter', async () => {
    const token = jwt()
    const { web, mail, form } = await overGraph({}, { token: tokenFor(token) })
    assert.deepEqual(web.asked.map(({ method, path }) => `${method} ${path}`), [
      `GET /${tenantId}/v2.0/.well-known/openid-configuration`, `POST /${tenantId}/oauth2/v2.0/token`, `POST /v1.0/users/${mailbox}/sendMail`,
    ])
    assert.deepEqual([form.get('grant_type'), form.get('client_id'), form.get('client_secret')], ['client_credentials', clientId, clientSecret])
    assert.equal(mail.headers.authorization, `Bearer ${token}`)
    assert.equal(mail.headers['content-type'], 'application/json')
    assert.deepEqual(Object.keys(JSON.parse(mail.body) as object), ['message', 'saveToSentItems'])
  })

  test('every row of graph carries what its step found out', async () => {
    const { answer } = await overGraph()
    assert.equal(answer.verdict, 'passed')
    assert.deepEqual(Object.keys(answer.rows), planOf(graphOver(builtInClouds[0]!)).map(({ id }) => id))
    const { inputs, tenant, token, permission, message } = Object.fromEntries(Object.entries(answer.rows).map(([id, { evidence }]) => [id, evidence]))
    assert.deepEqual([inputs, tenant], [{ settings: 7 }, { tenantId, cloud: builtInClouds[0]!.label, region: 'EU' }])
    assert.equal(token?.audience, 'https://graph.microsoft.com')
    assert.ok(Number(token?.expiresIn) > 3560 && Number(token?.expiresIn) <= 3599)
    assert.deepEqual(permission, { roles: ['Mail.Send'], tenantId, appId: clientId })
    assert.equal(message?.requestId, '5d1f2e38-93a6-4d5a-8b0f-2f6f0f9d4b11')
    assert.match(String(message?.messageId), /^<.+@contoso\.example>$/)
  })

  test('wireframe 7.8: the way to the mail server comes before who may use it, over one connection', async () => {
    const { answer, server, web } = await overSmtp()
    assert.deepEqual(Object.keys(answer.rows), ['inputs', 'tenant', 'name', 'address', 'connect', 'greeting', 'encryption', 'capabilities', 'token', 'permission', 'sign-in', 'sender', 'recipient', 'message'])
    assert.deepEqual(Object.values(answer.rows).filter(({ status, evidence }) => status !== 'pass' || !evidence), [])
    assert.deepEqual([server.connections, web.to('discovery').length, web.to('token').length], [1, 1, 1])
    assert.equal(answer.rows.encryption?.evidence?.protocol, 'TLSv1.3')
  })

  test('threat T05: what decides about the mail server is checked before the secret leaves', async () => {
    const { answer, web } = await overSmtp({}, {}, { on: { EHLO: '421 busy' } })
    assert.deepEqual([answer.code, web.to('token').length], ['smtp.ehlo.busy', 0])
  })
})

describe('what the token says it may do', { concurrency: 6 }, () => {
  const judged = async (claims: Values, values: Values = {}) => (await overGraph(values, { token: tokenFor(jwt(claims)) })).answer

  for (const roles of [[], undefined]) {
    test(`req C11: a role that is ${roles ? 'not among the roles' : 'not there at all'} is no failure: Exchange may have given the right, and the message decides`, async () => {
      const { verdict, rows } = await judged({ roles })
      assert.deepEqual([rows.permission?.status, rows.permission?.finding?.code, rows.message?.status, verdict], ['unproven', 'permission.absent', 'pass', 'passed'])
      assert.match(rows.permission!.finding!.cause, /RBAC for Applications/)
      assert.doesNotMatch(JSON.stringify(rows.permission), /missing/i)
      assert.deepEqual(rows.permission?.evidence, { roles: [], tenantId, appId: clientId })
    })
  }

  test('req C11: nothing is decided where nothing was sent', async () => {
    const web = kept(await startMicrosoft({ token: tokenFor(jwt({ roles: [] })) }))
    const answer = await checkGraph(web, {}, { until: 'identity' })
    assert.deepEqual([answer.rows.permission?.status, answer.verdict, web.to('sendMail').length], ['unproven', 'unproven', 0])
  })

  test('req C11: over SMTP the sign-in decides, for better or worse', async () => {
    const token = exchangeJwt({ roles: [] })
    for (const [accessToken, verdict] of [[token, 'passed'], ['another', 'failed']] as const) {
      const [web, server] = [kept(await startMicrosoft({ token: tokenFor(token) })), kept(await startSubmission({ accessToken }))]
      const answer = await checkOffice(web, server, {}, { until: 'identity' })
      assert.deepEqual([answer.rows.permission?.status, answer.verdict], ['unproven', verdict])
    }
  })

  for (const roles of [['Mail.Send', 'Mail.ReadWrite'], ['Mail.Send', 'Mail.Read', 'full_access_as_app'], ['Directory.ReadWrite.All', 'Mail.Send']]) {
    test(`req D6: ${roles.join(', ')} is more than needed: advice, with the least set named`, async () => {
      const { verdict, rows } = await judged({ roles })
      const { status, finding, evidence } = rows.permission!
      assert.deepEqual([status, finding?.code, evidence?.roles, verdict], ['warn', 'permission.excess', roles, 'passed'])
      const text = `${finding!.title} ${finding!.cause} ${finding!.fixes.map((fix) => fix.text).join(' ')}`
      for (const role of roles) assert.ok(text.includes(role), role)
    })
  }

  test('req D6: over SMTP every role but SMTP.SendAsApp is too many', async () => {
    const token = exchangeJwt({ roles: ['SMTP.SendAsApp', 'IMAP.AccessAsApp'] })
    const { answer } = await overSmtp({}, { token: tokenFor(token) }, { accessToken: token })
    assert.deepEqual([answer.rows.permission?.status, answer.verdict], ['warn', 'passed'])
    assert.match(answer.rows.permission!.finding!.cause, /IMAP\.AccessAsApp/)
  })

  test('req C11: a token nobody but Microsoft can read proves nothing, and says so', async () => {
    const { answer } = await overGraph({}, { token: tokenFor('opaque-and-long-enough-to-be-a-token') })
    assert.deepEqual([answer.rows.permission?.status, answer.verdict, answer.rows.token?.evidence?.audience], ['unproven', 'passed', undefined])
    assert.match(answer.rows.permission!.finding!.cause, /only Microsoft can read/)
  })

  for (const [what, claims, code] of [
    ['another resource', { aud: 'https://outlook.office365.com' }, 'token.audience'], ['another cloud', { aud: 'https://graph.microsoft.us' }, 'token.audience'],
    ['another tenant', { tid: another }, 'token.tenant'], ['another application', { appid: another }, 'token.app'],
  ] as const) {
    test(`a token for ${what} fails, and nothing is sent with it`, async () => {
      const { answer, web } = await overGraph({}, { token: tokenFor(jwt(claims)) })
      assert.deepEqual([answer.verdict, answer.ended?.id, answer.code, web.to('sendMail').length], ['failed', 'permission', code, 0])
      assert.ok(answer.finding?.field)
    })
  }

  test('other spellings of the audience are the same resource', async () => {
    for (const aud of ['https://graph.microsoft.com/', 'HTTPS://GRAPH.MICROSOFT.COM', '00000003-0000-0000-c000-000000000000']) assert.equal((await judged({ aud })).rows.permission?.status, 'pass', aud)
  })

  test('a tenant given by its domain is compared by what the metadata says it is', async () => {
    assert.equal((await judged({}, { tenantId: 'contoso.example' })).rows.permission?.status, 'pass')
    assert.equal((await judged({ tid: another }, { tenantId: 'contoso.example' })).code, 'token.tenant')
  })
})

describe('the tenant', { concurrency: 6 }, () => {
  const unknown = json(400, { error: 'invalid_tenant', error_description: "AADSTS90002: Tenant 'x' not found.", error_codes: [90002] })

  test('fault F66: metadata that is down leaves the row open, and the token settles it', async () => {
    for (const discovery of [json(503, {}), json(429, {}), json(200, { nothing: 1 }), json(404, { error: 'invalid_request' }), (response: { socket: { destroy(): unknown } | null }) => response.socket?.destroy()]) {
      const { answer } = await overGraph({}, { discovery })
      assert.deepEqual([answer.rows.tenant?.status, answer.rows.token?.status, answer.verdict], ['unproven', 'pass', 'passed'])
      assert.ok(answer.rows.tenant?.finding)
    }
  })

  test('a tenant nobody knows ends the run before the secret is tried', async () => {
    const { answer, web } = await overGraph({}, { discovery: unknown })
    assert.deepEqual([answer.ended?.id, answer.code, answer.finding?.field, web.to('token').length], ['tenant', 'entra.aadsts-90002', 'tenantId', 0])
  })

  test('api F10: client and tenant swapped are recognised by asking for the other', async () => {
    const { answer, web } = await overGraph({ tenantId: clientId, clientId: tenantId }, { discovery: inTurn(unknown, json(200, { token_endpoint: 'x', issuer: `https://login.microsoftonline.com/${tenantId}/v2.0` })) })
    assert.deepEqual([answer.ended?.id, answer.code], ['tenant', 'tenant.swapped'])
    assert.deepEqual(web.to('discovery').map(({ path }) => path.split('/')[1]), [clientId, tenantId])
    assert.equal(web.to('token').length, 0)
  })

  test('req C13: a tenant of another cloud is told with the cloud it belongs to', async () => {
    const web = kept(await startMicrosoft({ discovery: json(200, { token_endpoint: 'x', issuer: `https://login.microsoftonline.us/${tenantId}/v2.0`, cloud_instance_name: 'microsoftonline.us', tenant_region_sub_scope: 'DODCON', msgraph_host: 'graph.microsoft.us' }) }))
    const { detect, label } = builtInClouds[0]!
    const here = { ...web.cloud, id: 'global', label, ...(detect && { detect }) }
    const answer = await check(graphValues, { mode: graphOver(here, ...builtInClouds.slice(1)) })
    const belongs = builtInClouds.find(({ id }) => id === 'usgov-gcc-high')!
    assert.deepEqual([answer.ended?.id, answer.code, answer.finding?.field], ['tenant', 'tenant.cloud', 'cloud'])
    assert.ok(`${answer.finding?.title}`.includes(belongs.label))
    assert.equal(web.to('token').length, 0)
  })

  test('a cloud an operator added has no marks, so that its metadata may name any', async () => {
    const web = kept(await startMicrosoft({ discovery: json(200, { token_endpoint: 'x', issuer: `https://x/${tenantId}`, cloud_instance_name: 'microsoftonline.us', msgraph_host: 'graph.microsoft.us' }) }))
    assert.equal((await check(graphValues, { mode: graphOver(web.cloud, ...builtInClouds) })).rows.tenant?.status, 'pass')
  })
})
