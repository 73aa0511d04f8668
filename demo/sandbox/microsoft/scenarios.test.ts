// Why: a scenario that answers in another form than Microsoft does would show a finding nobody ever meets.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startSandbox } from '../index.ts'
import type { Sandbox } from '../index.ts'
import { ask, askGraph, askToken, atExchange, xoauth2 } from './client.testing.ts'
import type { Heard } from './client.testing.ts'
import { microsoftScenarios } from './index.ts'
import type { DemoCloud, MicrosoftScenario, Prepared } from './index.ts'

let sandbox: Sandbox
before(async () => { sandbox = await startSandbox() })
after(() => sandbox.close())

const cloud = (): DemoCloud => sandbox.microsoft.clouds[0]!
const prepared = ({ id }: MicrosoftScenario): Prepared => sandbox.microsoft.prepared(id)!
const brief = 700

const discover = ({ settings }: Prepared): Promise<Heard> => ask(sandbox.ca, `${cloud().authority}/${settings['tenantId']!}/v2.0/.well-known/openid-configuration`, { ms: brief })

const sign = ({ mode, settings, clientSecret }: Prepared): Promise<Heard> => askToken(sandbox.ca, cloud(), {
  tenantId: settings['tenantId']!, clientId: settings['clientId']!, clientSecret, scope: settings['scope'] ?? (mode === 'graph' ? cloud().graphScope : cloud().smtpScope), ms: brief,
})

const message = (from: string) => JSON.stringify({ message: { subject: 'x', body: { contentType: 'Text', content: 'x' }, from: { emailAddress: { address: from } }, toRecipients: [{ emailAddress: { address: 'ada@acme.example' } }] } })

const told = ({ status, headers, text }: Heard): string => `${status} ${headers['retry-after'] ? `after ${String(headers['retry-after'])} ` : ''}${text}`

const overGraph = async (one: Prepared, token: string): Promise<string> =>
  told(await askGraph(sandbox.ca, cloud(), one.settings['from']!, token, message(one.settings['from']!), 'application/json', brief))

const overSmtp = async ({ settings }: Prepared, token: string): Promise<string> => {
  const { wire } = await atExchange(sandbox.ca, cloud())
  const lines = [xoauth2(settings['account']!, token), `MAIL FROM:<${settings['from']!}>`, 'RCPT TO:<ada@acme.example>', 'DATA', `From: ${settings['from']!}\r\n\r\nx\r\n.`]
  let said = ''
  for (const line of lines) {
    said = await wire.ask(line, brief)
    if (said.startsWith('334')) said += ` then ${await wire.ask('', brief)}`
    if (!/^[23]\d\d /.test(said) || said.startsWith('334')) break
  }
  wire.end()
  return said
}

/** What is heard at the place where the scenario goes wrong; every step before it goes well. */
const heard = async (scenario: MicrosoftScenario): Promise<string> => {
  const one = prepared(scenario)
  const metadata = await discover(one)
  if (scenario.discovery || metadata.status !== 200 || scenario.id === 'cloud-wrong') return told(metadata)
  const signed = await sign(one)
  const token = signed.body['access_token'] as string | undefined
  if (!token) return told(signed)
  const claims = Buffer.from(token.split('.')[1]!, 'base64url').toString()
  if (['consent-excess', 'token-audience', 'token-tenant'].includes(scenario.id)) return claims
  return one.mode === 'graph' ? overGraph(one, token) : overSmtp(one, token)
}

const aadsts = (status: number, code: number) => new RegExp(`^${status} .*"error_description":"AADSTS${code}: .*"error_codes":\\[${code}\\]`)
const graphError = (status: number, code: string, sentence = '') => new RegExp(`^${status} .*"code":"${code}","message":"[^"]*${sentence}.*"innerError":.*"request-id"`)
const silence = /^The operation was aborted/

const expected: Readonly<Record<string, RegExp>> = {
  'tenant-unknown': aadsts(400, 90_002), 'tenant-is-client': aadsts(400, 90_002), 'tenant-impossible': aadsts(400, 900_023), 'cloud-wrong': /"cloud_instance_name":"demo-gov\.test"/,
  'cloud-redirect': aadsts(400, 90_038), 'metadata-portal': /^200 <!doctype html>/, 'metadata-down': /^503 <html>/, 'metadata-silent': silence,
  'secret-wrong': aadsts(401, 7_000_215), 'secret-id': aadsts(401, 7_000_215), 'secret-expired': aadsts(401, 7_000_222), 'app-unknown': aadsts(400, 700_016), 'app-object-id': aadsts(400, 700_016),
  'app-disabled': aadsts(400, 7_000_112), 'app-unassigned': aadsts(400, 501_051), 'app-blocked': aadsts(400, 53_003), 'app-misconfigured': aadsts(400, 650_056), 'exchange-missing': aadsts(400, 500_011),
  'scope-refused': aadsts(400, 1_002_012), 'scope-other-api': /^401 .*Invalid audience/, 'tenant-closed': aadsts(400, 5_000_224),
  'token-throttled': /^429 after 60 /, 'token-throttled-briefly': /^429 after 1 /, 'token-unavailable': /^503 \{\}$/, 'token-portal': /^200 <!doctype html>/, 'token-redirect': /^307 $/, 'token-silent': silence,
  'token-drip': silence, 'token-flood': silence, 'token-empty': /^200 \{\}$/, 'token-echo': /client_secret=/,
  'consent-missing': graphError(403, 'ErrorAccessDenied'), 'consent-scoped': /^202 $/, 'consent-excess': /"roles":\["Mail.Send","Mail.ReadWrite","User.Read.All"\]/, 'token-audience': /"aud":"https:\/\/outlook\.demo\.test"/, 'token-tenant': /"tid":"(?!null)/,
  'graph-mailbox-unknown': graphError(404, 'ErrorInvalidUser'), 'graph-mailbox-unlicensed': graphError(404, 'MailboxNotEnabledForRESTAPI'), 'graph-resource-missing': graphError(404, 'ResourceNotFound'),
  'graph-access-policy': graphError(403, 'ErrorAccessDenied', '.*\\[RAOP\\]'), 'graph-send-as': graphError(403, 'ErrorSendAsDenied'), 'graph-token-old': graphError(401, 'InvalidAuthenticationToken', '.*expired'),
  'graph-token-renewed': graphError(401, 'InvalidAuthenticationToken', '.*expired'), 'graph-token-malformed': graphError(401, 'InvalidAuthenticationToken', '.*Invalid audience'), 'graph-throttled': /^429 after 120 .*ApplicationThrottled/,
  'graph-daily-limit': /^429 after 3600 .*ErrorExceededMessageLimit/, 'graph-suspended': graphError(403, 'ErrorMessageSubmissionBlocked'), 'graph-too-large': graphError(413, 'RequestEntityTooLarge'), 'graph-recipients': graphError(400, 'ErrorInvalidRecipients'),
  'graph-unavailable': graphError(503, 'serviceNotAvailable'), 'graph-silent': silence, 'graph-talkative': /^202 <html>/, 'graph-portal': /^200 <!doctype html>/, 'graph-redirect': /^308 $/, 'graph-echo': /You sent Bearer ey/,
  'exchange-principal': /^535 5\.7\.3 /, 'exchange-object-id': /^535 5\.7\.3 /, 'exchange-full-access': /^535 5\.7\.3 /, 'exchange-consent': /^535 5\.7\.3 /,
  'exchange-smtp-auth-mailbox': /^535 5\.7\.139 .*disabled for the Mailbox\. Visit https:\/\/aka\.ms\/smtp_auth_disabled/, 'exchange-smtp-auth-tenant': /^535 5\.7\.139 .*disabled for the Tenant/,
  'exchange-security-defaults': /^535 5\.7\.139 .*security defaults policy/, 'exchange-criteria': /^535 5\.7\.139 .*did not meet the criteria/, 'exchange-mechanism': /^504 5\.7\.4 /, 'exchange-challenge': /^334 eyJ.* then 535 5\.7\.3 /,
  'exchange-busy': /^421 4\.3\.2 /, 'exchange-echo': /auth=Bearer ey/, 'exchange-send-as': /^554 5\.2\.252 SendAsDenied; reports@acme\.example not allowed to send as boss@acme\.example/, 'exchange-sender': /^550 5\.7\.60 /,
  'exchange-concurrent': /^432 4\.3\.2 /, 'exchange-spam': /^554 5\.2\.0 .*OutboundSpamException/, 'exchange-quota': /^554 5\.2\.0 .*SubmissionQuotaExceededException/, 'exchange-later': /^451 4\.7\.500 /, 'exchange-traffic': /^550 5\.7\.708 /, 'exchange-silent': silence,
}

describe('each scenario says at its place what Microsoft says there, and nothing before', { concurrency: 8 }, () => {
  for (const scenario of microsoftScenarios) {
    test(`${scenario.id}: ${scenario.title}`, async () => {
      assert.match(await heard(scenario).catch((error: Error) => error.message), expected[scenario.id]!)
    })
  }
})

test('a fate that takes turns comes round again, and the proper answer in between is the real one', async () => {
  const one = prepared(microsoftScenarios.find(({ id }) => id === 'token-throttled-briefly')!)
  assert.deepEqual([(await sign(one)).status, (await sign(one)).status, (await sign(one)).status], [200, 429, 200])
})

test('ids are the same in every run, and there are scenarios for more than forty findings', async () => {
  const other = await startSandbox()
  for (const { id } of microsoftScenarios) assert.deepEqual(other.microsoft.prepared(id)!.settings['clientId'], sandbox.microsoft.prepared(id)!.settings['clientId'])
  await other.close()
  assert.ok(microsoftScenarios.length >= 60)
  assert.equal(new Set(microsoftScenarios.map(({ id }) => id)).size, microsoftScenarios.length)
})
