// The Microsoft modes behind the whole gateway: what is kept, what is sent by the product itself, and that no token gets out.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { SendFailed } from '@mail-gateway/bff'
import type { GatewayView, RunView } from '@mail-gateway/contract'
import { builtInClouds } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { modesFor } from '../../packages/bff/src/modes/index.ts'
import { destinationOf } from '../../packages/bff/src/settings/schema.ts'
import { record } from '../figures.ts'
import { sixForms } from '../peers/check.ts'
import { json } from '../peers/https.ts'
import type { Answering } from '../peers/https.ts'
import { clientId, clientSecret, cloudWith, exchangeJwt, jwt, mailbox, startMicrosoft, startSubmission, taken, tenantId, tokenFor } from '../peers/microsoft.ts'
import type { Answers, MicrosoftPeer, Submission } from '../peers/microsoft.ts'
import { openLab, people } from './lab.ts'
import type { Lab } from './lab.ts'
import { since, withinTime } from '../within-time.ts'

const open: { close(): Promise<void> }[] = []
after(() => Promise.all(open.map((one) => one.close())))
const kept = <T extends { close(): Promise<void> }>(one: T): T => { open.push(one); return one }

const settings = { cloud: 'peer', tenantId, clientId, from: mailbox }
const call = { caller: people.admin!, requestId: 'test' }
const mail = { to: 'boss@acme.example', subject: 'Weekly report', text: 'All well.' }

interface World {
  readonly lab: Lab
  readonly web: MicrosoftPeer
  readonly server: Submission
}

const world = async (t: TestContext, answers: Answers = {}, manners: Parameters<typeof startSubmission>[0] = {}, options: Parameters<typeof openLab>[1] = {}): Promise<World> => {
  const [web, server] = [kept(await startMicrosoft(answers)), kept(await startSubmission(manners))]
  return { web, server, lab: await openLab(t, { ...options, clouds: [cloudWith(web, server)] }) }
}

const saved = ({ lab }: World, mode: string, more: Record<string, unknown> = {}): Promise<GatewayView> =>
  lab.json<GatewayView>('POST', '/gateways', 201, { body: { mode, settings: { ...settings, ...more }, secrets: { clientSecret: { value: clientSecret } } } })

/** Every piece of a token that a reader could use, in every form it may take. */
const assertWithout = (text: string, token: string, where: string): void => {
  for (const form of [...sixForms(token), ...sixForms(token.split('.')[1] ?? token), ...sixForms(token.split('.')[2] ?? token)]) assert.ok(!text.includes(form), `a token in ${where}`)
  for (let at = 0; at + 16 <= token.length; at += 4) assert.ok(!text.includes(token.slice(at, at + 16)), `a piece of a token in ${where}`)
  for (const piece of [0, 1, 2].map((skip) => Buffer.from(token.slice(skip)).toString('base64').slice(4, 40))) assert.ok(!text.includes(piece), `an encoded token in ${where}`)
}

/** Everything anybody can read after one run to delivery. */
const assertKeptSilent = async ({ lab }: World, gatewayId: string, token: string): Promise<string> => {
  const events = await lab.check({ gatewayId, until: 'delivery', to: 'you@acme.example' })
  const [plan] = events
  assert.ok(plan?.event === 'plan')
  const run = await lab.json<RunView>('GET', `/runs/${plan.runId}`, 200)
  const failed = await lab.gateway.api.send(call, mail, gatewayId).then(JSON.stringify, (error: unknown) => {
    assert.ok(error instanceof SendFailed, String(error))
    return JSON.stringify([error.finding, error.message, error.stack])
  })
  const told = { stream: JSON.stringify(events), 'the run’s record': JSON.stringify(run), 'the log': JSON.stringify(lab.log), 'the audit': JSON.stringify(lab.audit), 'what a send says': failed, 'the store': lab.stored().toString('latin1') }
  for (const [where, text] of Object.entries(told)) {
    assertWithout(text, token, where)
    for (const form of sixForms(clientSecret)) assert.ok(!text.includes(form), `the secret in ${where}`)
  }
  return told.stream
}

describe('threat T10: a hostile mail server repeats the token', { concurrency: 4 }, () => {
  const token = exchangeJwt()
  const decoded = (line: string): string => Buffer.from(line.split(' ')[2] ?? '', 'base64').toString().replaceAll('\x01', ' ')
  const scripts: Readonly<Record<string, Parameters<typeof startSubmission>[0]>> = {
    'as the line it came in': { on: { AUTH: (talk, line) => talk.say(`535 5.7.3 you said ${line}`) } },
    'in clear': { on: { AUTH: (talk, line) => talk.say(`535-5.7.3 ${decoded(line).slice(0, 300)}\n535 5.7.3 ${decoded(line).slice(300)}`) } },
    'inside a challenge': { on: { AUTH: async (talk, line) => { await talk.say(`334 ${Buffer.from(JSON.stringify({ status: decoded(line).slice(20, 60), scope: decoded(line).slice(30, 200) })).toString('base64')}`); await talk.line(); await talk.say('535 no') } } },
    'later, to the sender': { accessToken: token, on: { MAIL: `550 5.7.1 ${token.slice(0, 400)}` } },
    'later, in a reply that is good': { accessToken: token, on: { MAIL: `250 2.1.0 ${token.slice(40, 130)}`, RCPT: `250 2.1.5 ${Buffer.from(token).toString('base64').slice(0, 100)}` } },
    'later, when it took the message': { accessToken: token, on: { message: `250 2.0.0 ${token.slice(-90)}` } },
  }
  for (const [how, manners] of Object.entries(scripts)) {
    test(`threat T10: ${how}`, async (t) => {
      const here = await world(t, { token: tokenFor(token) }, manners)
      const { id } = await saved(here, 'smtp-office365')
      assert.match(await assertKeptSilent(here, id, token), /•••|\[hidden\]/)
    })
  }
})

describe('threat T10: a hostile Graph repeats the token', { concurrency: 4 }, () => {
  const token = jwt()
  const echo = (status: number): Answering => (response, { headers }) => json(status, { error: { code: 'ErrorAccessDenied', message: `you said ${headers.authorization}`, innerError: { 'request-id': token.slice(0, 100) } } })(response, { method: '', path: '', headers: {}, body: '' })
  for (const [how, sendMail] of [['in its error', echo(403)], ['in place of its error', echo(400)], ['as the request id of a message it took', (response) => { response.writeHead(202, { 'request-id': token.slice(0, 110) }).end() }], ['in a page', (response) => { response.writeHead(403, { 'content-type': 'text/html' }).end(`<html>${token}`) }]] as [string, Answering][]) {
    test(`threat T10: ${how}`, async (t) => {
      const here = await world(t, { token: tokenFor(token), sendMail })
      const { id } = await saved(here, 'graph')
      assert.match(await assertKeptSilent(here, id, token), /•••|\[hidden\]/)
    })
  }
})

test('decision 16: a second check in a row asks for no token, one with another secret does', async (t) => {
  const here = await world(t)
  const { id } = await saved(here, 'graph')
  for (let n = 0; n < 2; n++) assert.equal((await here.lab.check({ gatewayId: id })).at(-1)?.event, 'end')
  assert.equal(here.web.to('token').length, 1)
  await here.lab.check({ gatewayId: id, mode: 'graph', settings, secrets: { clientSecret: { value: 'another-secret-altogether' } } })
  assert.equal(here.web.to('token').length, 2)
})

test('decision 16: a kept token without the role is asked for anew, once', async (t) => {
  const tokens = [jwt({ roles: [] }), jwt({ roles: ['Mail.Send'] })]
  const here = await world(t, { token: (response, asked) => tokenFor(tokens.shift())(response, asked) })
  const { id } = await saved(here, 'graph')
  const permission = async () => (await here.lab.check({ gatewayId: id })).find((event) => event.event === 'result' && event.id === 'permission')
  assert.equal((await permission() as { status: string }).status, 'unproven')
  assert.equal((await permission() as { status: string }).status, 'pass')
  await permission()
  assert.equal(here.web.to('token').length, 2)
})

test('req C11, D6: a right no token shows keeps nobody from saving where the host wants a passed sign-in', async (t) => {
  const unseen = await world(t, { token: tokenFor(jwt({ roles: [] })) }, {}, { saveRequires: 'identity' })
  assert.equal((await saved(unseen, 'graph')).status.state, 'unverified')
  assert.equal((await saved(unseen, 'graph')).status.state, 'unverified')
})

test('req D3: writing down when the secret ends takes nothing from what was proven; another From does', async (t) => {
  const here = await world(t)
  const { id } = await saved(here, 'graph')
  await here.lab.check({ gatewayId: id, until: 'delivery', to: 'you@acme.example' })
  const put = async (more: Record<string, unknown>) => {
    const { revision } = await here.lab.json<GatewayView>('GET', `/gateways/${id}`, 200)
    return here.lab.json<GatewayView>('PUT', `/gateways/${id}`, 200, { body: { mode: 'graph', settings: { ...settings, ...more } }, headers: { 'if-match': `"${revision}"` } })
  }
  assert.equal((await put({ clientSecretExpires: '2099-01-01' })).status.state, 'verified')
  assert.equal((await put({ clientSecretExpires: '2099-01-01', from: 'other@contoso.example' })).status.state, 'changed')
})

test('req A090: where the host wants a passed delivery, what no message has shown is not saved; nor is a refused secret', async (t) => {
  const body = { mode: 'graph', settings, secrets: { clientSecret: { value: clientSecret } } }
  const denied = json(403, { error: { code: 'ErrorAccessDenied', message: 'Access is denied. Check credentials and try again.' } })
  const strict = await world(t, { token: tokenFor(jwt({ roles: [] })), sendMail: denied }, {}, { saveRequires: 'delivery' })
  assert.equal((await strict.lab.problem('POST', '/gateways', 422, { body })).code, 'save.check-failed')
  const refused = await world(t, { token: json(401, { error: 'invalid_client', error_description: 'AADSTS7000215: wrong', error_codes: [7000215] }) }, {}, { saveRequires: 'identity' })
  assert.deepEqual((await refused.lab.problem('POST', '/gateways', 422, { body })).errors?.map(({ pointer }) => pointer), ['/secrets/clientSecret'])
})

test('req D11: the product’s own mail takes the way of the check, through Graph', async (t) => {
  const here = await world(t)
  const { id } = await saved(here, 'graph', { fromName: 'Acme', replyTo: 'desk@contoso.example' })
  await here.lab.check({ gatewayId: id, until: 'delivery', to: 'boss@acme.example' })
  const receipt = await here.lab.gateway.api.send(call, mail, id)
  const [tried, sent] = here.web.to('sendMail')
  assert.deepEqual([sent!.path, sent!.headers['content-type']], [tried!.path, tried!.headers['content-type']])
  const { message } = JSON.parse(sent!.body) as { message: Record<string, unknown> }
  assert.deepEqual([message.subject, message.internetMessageId, message.from], ['Weekly report', receipt.messageId, { emailAddress: { name: 'Acme', address: mailbox } }])
  assert.match(receipt.reply, /^202 Accepted, request-id 5d1f2e38/)
  assert.equal(here.web.to('token').length, 1, 'one token for both')
})

test('req D11: the product’s own mail takes the way of the check, through SMTP with a token', async (t) => {
  const token = exchangeJwt()
  const here = await world(t, { token: tokenFor(token) }, { accessToken: token })
  const { id } = await saved(here, 'smtp-office365')
  await here.lab.check({ gatewayId: id, until: 'delivery', to: 'boss@acme.example' })
  await here.lab.gateway.api.send(call, { ...mail, to: ['boss@acme.example', 'it@acme.example'] }, id)
  const [tried, sent] = here.server.heard.filter((line) => line.startsWith('AUTH'))
  assert.equal(tried, sent)
  assert.deepEqual(here.server.mail.list().map(({ envelope }) => envelope.to.length).toSorted(), [1, 2])
})

test('fault F74: a send of which nobody knows is said to be that', async (t) => {
  const here = await world(t, { sendMail: json(200, {}) })
  const { id } = await saved(here, 'graph')
  await assert.rejects(here.lab.gateway.api.send(call, mail, id), (error: SendFailed) => error.unproven && error.finding.code === 'graph.message.unproven')
})

test('fault F74: a send waits as long as its settings say, and no longer', async (t) => {
  const here = await world(t, { sendMail: () => {} })
  const { id } = await saved(here, 'graph', { timeout: 5 })
  const began = performance.now()
  await assert.rejects(here.lab.gateway.api.send(call, mail, id), (error: SendFailed) => error.unproven)
  withinTime(since(began), { from: 5000, to: 5700 })
})

/** Another value for every part of where a client secret goes. */
const elsewhere = { tenantId: 'other.example', clientId: 'b7c3f0e2-1111-4222-8333-944455556666', cloud: 'global' }

for (const mode of ['graph', 'smtp-office365']) for (const [field, value] of Object.entries(elsewhere)) {
  test(`threat T01, T02, T05 and goal G2: ${mode}: with another ${field} the stored secret is neither tried nor saved nor sent`, async (t) => {
    const here = await world(t, { sendMail: taken })
    const { id } = await saved(here, mode)
    const draft = { mode, settings: { ...settings, [field]: value } }
    for (const keep of [{}, { secrets: { clientSecret: { keep: true } } }]) for (const until of ['network', 'identity', 'delivery']) {
      const problem = await here.lab.problem('POST', '/checks', 409, { body: { gatewayId: id, ...draft, ...keep, until } })
      assert.deepEqual([problem.code, problem.fields], ['secret.destination-changed', [field]])
    }
    const refused = await here.lab.problem('PUT', `/gateways/${id}`, 409, { body: draft, headers: { 'if-match': '"1"' } })
    assert.equal(refused.code, 'secret.destination-changed')
    assert.deepEqual([here.web.to('token').length, here.server.heard.length], [0, 0])
    record({ of: 'goal G2', mode, field, cases: 7, signIns: here.web.to('token').length })
  })
}

test('threat T01: every part of where a client secret goes is tried above', () => {
  for (const mode of modesFor(builtInClouds).filter(({ id }) => id !== 'smtp')) assert.deepEqual(destinationOf(mode.settings).toSorted(), Object.keys(elsewhere).sort())
})

for (const [mode, scope] of [['graph', 'graphScope'], ['smtp-office365', 'smtpScope']] as const) {
  test(`threat T38: ${mode} asks for the one scope of its cloud; what is kept of the token is sealed, after a restart as well`, async (t) => {
    const accessToken = mode === 'graph' ? jwt() : exchangeJwt()
    const here = await world(t, { sendMail: taken, token: tokenFor(accessToken) }, { on: {} })
    const { id } = await saved(here, mode)
    await here.lab.check({ gatewayId: id, until: 'identity' })
    const asked = here.web.to('token').map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    assert.deepEqual(asked.map((one) => [one['grant_type'], one['scope']]), [['client_credentials', here.web.cloud[scope]]])
    await here.lab.restart({ clouds: [cloudWith(here.web, here.server)] })
    assertWithout(here.lab.stored().toString('latin1'), accessToken, 'the store')
    await here.lab.check({ gatewayId: id, until: 'identity' })
    assert.equal(here.web.to('token').length, 1, 'the sealed token was opened and used')
  })
}

test('threat T05: the same cloud id over other hosts does not open it either', async (t) => {
  const here = await world(t)
  const { id } = await saved(here, 'graph')
  const other = kept(await startMicrosoft())
  await here.lab.restart({ clouds: [cloudWith(other, here.server)] })
  const problem = await here.lab.problem('POST', '/checks', 409, { body: { gatewayId: id } })
  assert.match(problem.code, /^secret\./)
  assert.equal(other.asked.length, 0)
})
