// Why: the demo's findings are only as true as its services; each is spoken to over https and SMTP, with the formats of the facts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSandbox } from '../index.ts'
import type { Sandbox } from '../index.ts'
import { ask, askGraph, askToken, atExchange, xoauth2 } from './client.testing.ts'
import { addSecret, grantConsent, permissionCalled, register, want } from './directory.ts'
import type { DemoCloud, Prepared } from './index.ts'

let sandbox: Sandbox
before(async () => { sandbox = await startSandbox() })
after(() => sandbox.close())

const cloud = (id = 'demo'): DemoCloud => sandbox.microsoft.clouds.find((one) => one.id === id)!
const ready = (id = 'graph'): Prepared => sandbox.microsoft.prepared(id)!
const asksFor = ({ mode, settings, clientSecret }: Prepared, change = {}) => ({
  tenantId: settings['tenantId']!, clientId: settings['clientId']!, clientSecret, scope: mode === 'graph' ? cloud().graphScope : cloud().smtpScope, ...change,
})
const tokenOf = async (prepared: Prepared): Promise<string> => (await askToken(sandbox.ca, cloud(), asksFor(prepared))).body['access_token'] as string
const claimsIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>

test('facts, protocol 3: metadata names issuer with the tenant’s GUID, cloud, region and Graph’s host, for GUID and domain', async () => {
  const { tenantId } = asksFor(ready())
  for (const name of [tenantId, 'acme.example', 'ACME.example']) {
    const { status, body } = await ask(sandbox.ca, `${cloud().authority}/${name}/v2.0/.well-known/openid-configuration`)
    assert.equal(status, 200)
    assert.equal(body['issuer'], `${cloud().authority}/${tenantId}/v2.0`)
    assert.deepEqual([body['cloud_instance_name'], body['tenant_region_scope'], body['msgraph_host']], ['demo.test', 'EU', cloud().detect.graphHost])
    assert.equal(body['token_endpoint'], `${cloud().authority}/${tenantId}/oauth2/v2.0/token`)
  }
})

test('facts, protocol 3: the metadata of a tenant of the other cloud names that cloud', async () => {
  const { body } = await ask(sandbox.ca, `${cloud().authority}/bureau.example/v2.0/.well-known/openid-configuration`)
  assert.deepEqual([body['cloud_instance_name'], body['tenant_region_sub_scope'], body['msgraph_host']], ['demo-gov.test', 'DEMOGOV', cloud('demo-gov').detect.graphHost])
})

test('facts, protocol 3: a token has the claims of an application, and roles only where consent was given', async () => {
  const heard = await askToken(sandbox.ca, cloud(), asksFor(ready()))
  assert.equal(heard.status, 200)
  assert.deepEqual(Object.keys(heard.body).sort(), ['access_token', 'expires_in', 'ext_expires_in', 'token_type'])
  const claims = claimsIn(heard.body['access_token'] as string)
  const { tenantId, clientId } = asksFor(ready())
  assert.deepEqual([claims['aud'], claims['tid'], claims['appid'], claims['roles']], [cloud().graph, tenantId, clientId, ['Mail.Send']])
  assert.equal('roles' in claimsIn(await tokenOf(ready('consent-missing'))), false)
})

const refusals: [what: string, code: number, error: string, status: number, change: object][] = [
  ['an unknown tenant', 90_002, 'invalid_request', 400, { tenantId: 'nowhere.example' }],
  ['a tenant in no known form', 900_023, 'invalid_request', 400, { tenantId: 'nowhere' }],
  ['a tenant of the other cloud', 90_038, 'invalid_request', 400, { tenantId: 'bureau.example' }],
  ['an unknown app', 700_016, 'unauthorized_client', 400, { clientId: '11111111-2222-4333-8444-555555555555' }],
  ['a wrong secret', 7_000_215, 'invalid_client', 401, { clientSecret: 'wrong' }],
  ['no secret', 7_000_216, 'invalid_client', 401, { clientSecret: '' }],
  ['two scopes', 70_011, 'invalid_scope', 400, { scope: 'https://a.test/.default https://b.test/.default' }],
  ['a permission as scope', 1_002_012, 'invalid_scope', 400, { scope: 'Mail.Send' }],
  ['a resource nobody has', 500_011, 'invalid_resource', 400, { scope: 'https://api.demo.test/.default' }],
]
for (const [what, code, error, status, change] of refusals) {
  test(`facts, protocol 3: ${what} is answered with AADSTS${code} in Entra’s shape`, async () => {
    const heard = await askToken(sandbox.ca, cloud(), asksFor(ready(), change))
    assert.equal(heard.status, status)
    assert.equal(heard.body['error'], error)
    assert.deepEqual(heard.body['error_codes'], [code])
    assert.match(String(heard.body['error_description']), new RegExp(`^AADSTS${code}: .+ Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`))
    for (const name of ['timestamp', 'trace_id', 'correlation_id', 'error_uri']) assert.equal(typeof heard.body[name], 'string', name)
  })
}

test('facts, protocol 3: an expired secret, a GET, a body of another type', async () => {
  const late = await askToken(sandbox.ca, cloud(), { ...asksFor(ready('secret-expired')) })
  assert.deepEqual([late.status, late.body['error_codes']], [401, [7_000_222]])
  const url = `${cloud().authority}/acme.example/oauth2/v2.0/token`
  assert.deepEqual((await ask(sandbox.ca, url)).body['error_codes'], [900_561])
  assert.deepEqual((await ask(sandbox.ca, url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"grant_type":"client_credentials"}' })).body['error_codes'], [900_144])
})

test('a certificate of an authority that is not trusted ends the request: verification is never off', async () => {
  await assert.rejects(ask(sandbox.privateCa, `${cloud().authority}/acme.example/v2.0/.well-known/openid-configuration`), /unable to|self-signed|certificate/)
})

const json = (more: object = {}, message: object = {}) => JSON.stringify({
  message: { subject: 'Grüße', body: { contentType: 'Text', content: 'Ein Test.' }, toRecipients: [{ emailAddress: { address: 'ada@acme.example' } }], ...message }, saveToSentItems: false, ...more,
})
const mime = (from: string, to = 'ada@acme.example') => Buffer.from(`From: ${from}\r\nTo: ${to}\r\nSubject: as MIME\r\n\r\nHello.\r\n`).toString('base64')
const from = 'reports@acme.example'

test('facts, protocol 4: JSON and MIME are answered with an empty 202 and a request id, and lie in the inbox', async () => {
  const token = await tokenOf(ready())
  for (const [body, type, subject] of [[json(), 'application/json', 'Grüße'], [mime(from), 'text/plain', 'as MIME']] as const) {
    const heard = await askGraph(sandbox.ca, cloud(), from, token, body, type)
    assert.deepEqual([heard.status, heard.text], [202, ''])
    assert.match(String(heard.headers['request-id']), /^[0-9a-f-]{36}$/)
    const mail = await sandbox.inbox.next((one) => one.subject === subject)
    assert.deepEqual([mail.from, mail.envelope.to], [from, ['ada@acme.example']])
  }
})

const wrongs: [what: string, status: number, code: string, body: string, type?: string][] = [
  ['an unknown property of the message', 400, 'RequestBodyRead', json({}, { mesage: 1 })],
  ['an unknown parameter', 400, 'RequestBodyRead', json({ save: true })],
  ['a wrong type', 400, 'RequestBodyRead', json({ saveToSentItems: 'no' })],
  ['an unknown property deep inside', 400, 'RequestBodyRead', json({}, { toRecipients: [{ emailAddress: { adress: 'x' } }] })],
  ['no JSON', 400, 'RequestBodyRead', '{'],
  ['a header of its own without x-', 400, 'InvalidInternetMessageHeader', json({}, { internetMessageHeaders: [{ name: 'Sender', value: 'x' }] })],
  ['no recipient', 400, 'ErrorInvalidRecipients', json({}, { toRecipients: [] })],
  ['broken base64', 400, 'ErrorMimeContentInvalidBase64String', 'not base64!', 'text/plain'],
  ['a message of another sender', 403, 'ErrorSendAsDenied', mime('boss@acme.example'), 'text/plain'],
]
for (const [what, status, code, body, type] of wrongs) {
  test(`facts, protocol 4: ${what} is answered with ${status} ${code} in Graph’s shape`, async () => {
    const heard = await askGraph(sandbox.ca, cloud(), from, await tokenOf(ready()), body, type)
    const { error } = heard.body as { error: { code: string; message: string; innerError: Record<string, string> } }
    assert.deepEqual([heard.status, error.code], [status, code])
    assert.deepEqual(Object.keys(error.innerError).sort(), ['client-request-id', 'date', 'request-id'])
  })
}

test('facts, protocol 4 and 5: token, rights and mailbox are judged: 401, 403, 404, and RBAC for Applications lets in without a role', async () => {
  const send = async (token: string, address = from) => {
    const { status, body } = await askGraph(sandbox.ca, cloud(), address, token, json())
    return [status, (body['error'] as { code: string } | undefined)?.code]
  }
  const good = await tokenOf(ready())
  assert.deepEqual(await send('no.real.token'), [401, 'InvalidAuthenticationToken'])
  assert.deepEqual(await send(await tokenOf(ready('smtp-office365'))), [401, 'InvalidAuthenticationToken'])
  assert.deepEqual(await send(`${good.slice(0, -4)}AAAA`), [401, 'InvalidAuthenticationToken'])
  assert.deepEqual(await send(good, 'nobody@acme.example'), [404, 'ErrorInvalidUser'])
  assert.deepEqual(await send(good, 'archive@acme.example'), [404, 'MailboxNotEnabledForRESTAPI'])
  assert.deepEqual(await send(await tokenOf(ready('consent-missing'))), [403, 'ErrorAccessDenied'])
  const scoped = await tokenOf(ready('consent-scoped'))
  assert.deepEqual(await send(scoped), [202, undefined])
  assert.deepEqual(await send(scoped, 'boss@acme.example'), [403, 'ErrorAccessDenied'])
})

test('facts, protocol 1: Exchange offers LOGIN and XOAUTH2 after STARTTLS, and takes a token of its own resource', async () => {
  const prepared = ready('smtp-office365')
  const { wire, extensions } = await atExchange(sandbox.ca, cloud())
  assert.match(extensions, /^250-AUTH LOGIN XOAUTH2$/m)
  assert.match(await wire.ask('MAIL FROM:<reports@acme.example>'), /^530 5\.7\.57 Client not authenticated to send mail/)
  assert.match(await wire.ask(xoauth2(from, await tokenOf(ready()))), /^535 5\.7\.3 Authentication unsuccessful/)
  assert.match(await wire.ask(xoauth2(from, await tokenOf(prepared))), /^235 2\.7\.0 Authentication successful$/)
  for (const line of ['MAIL FROM:<reports@acme.example>', 'RCPT TO:<ada@acme.example>', 'DATA']) assert.match(await wire.ask(line), /^[23]/)
  assert.match(await wire.ask('From: reports@acme.example\r\nSubject: through Exchange\r\n\r\nHello\r\n.'), /^250 2\.0\.0 OK/)
  assert.equal((await sandbox.inbox.next((mail) => mail.subject === 'through Exchange')).session.user, from)
  wire.end()
})

const signedInAs = async (id: string, user = from): Promise<string> => {
  const prepared = ready(id)
  const { wire } = await atExchange(sandbox.ca, cloud())
  const reply = await wire.ask(xoauth2(prepared.settings['account'] ?? user, await tokenOf(prepared)))
  wire.end()
  return reply
}

test('facts, protocol 1: what is missing in Exchange is answered with its own sentence', async () => {
  for (const id of ['exchange-principal', 'exchange-object-id', 'exchange-full-access', 'exchange-consent']) assert.match(await signedInAs(id), /^535 5\.7\.3 Authentication unsuccessful/, id)
  assert.match(await signedInAs('exchange-smtp-auth-mailbox'), /^535 5\.7\.139 .*disabled for the Mailbox/)
  assert.match(await signedInAs('exchange-smtp-auth-tenant'), /^535 5\.7\.139 .*disabled for the Tenant/)
})

test('facts, protocol 1: passwords are refused without a look at them; unknown mechanisms too', async () => {
  const { wire } = await atExchange(sandbox.ca, cloud())
  await wire.ask('AUTH LOGIN')
  await wire.ask(Buffer.from('reports@acme.example').toString('base64'))
  assert.match(await wire.ask(Buffer.from('secret').toString('base64')), /^535 5\.7\.139 .*basic authentication is disabled/)
  assert.match(await wire.ask('AUTH PLAIN AAAA'), /^504 5\.7\.4 Unrecognized authentication type/)
  wire.end()
})

test('facts, protocol 5: Send As is decided after DATA, with both addresses', async () => {
  const prepared = ready('exchange-send-as')
  const { wire } = await atExchange(sandbox.ca, cloud())
  await wire.ask(xoauth2(from, await tokenOf(prepared)))
  for (const line of ['MAIL FROM:<boss@acme.example>', 'RCPT TO:<ada@acme.example>', 'DATA']) assert.match(await wire.ask(line), /^[23]/)
  assert.match(await wire.ask('From: boss@acme.example\r\n\r\nHello\r\n.'), /^554 5\.2\.252 SendAsDenied; reports@acme\.example not allowed to send as boss@acme\.example; /)
  wire.end()
})

test('a registration made by hand goes the whole way: nothing, consent, service principal with the right id, rights, switch', async () => {
  const tenant = sandbox.microsoft.directory.tenant('acme.example')!
  const application = register(tenant, 'By hand')
  const { value } = addSecret(application, 'first')
  const prepared: Prepared = { mode: 'smtp-office365', application, clientSecret: value, settings: { tenantId: tenant.id, clientId: application.clientId } }
  const reply = async () => {
    const { wire } = await atExchange(sandbox.ca, cloud())
    const said = await wire.ask(xoauth2('noreply@acme.example', await tokenOf(prepared)))
    wire.end()
    return said
  }
  want(application, permissionCalled('SMTP.SendAsApp')!)
  assert.match(await reply(), /5\.7\.3/)
  grantConsent(application)
  application.exchangeObjectId = application.objectId
  application.fullAccess.add('noreply@acme.example')
  assert.match(await reply(), /5\.7\.3/)
  application.exchangeObjectId = application.servicePrincipalId
  assert.match(await reply(), /5\.7\.139 .*Mailbox/)
  tenant.mailboxes.find(({ address }) => address === 'noreply@acme.example')!.smtpAuth = true
  assert.match(await reply(), /^235/)
  sandbox.microsoft.reset()
  assert.equal(sandbox.microsoft.directory.application(application.clientId), undefined)
})
