import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { catalogue } from './catalogue.ts'
import type { CatalogueEntry } from './catalogue.ts'
import { diagnose } from './diagnose.ts'
import { normalise } from './normalise.ts'
import type { Circumstance } from './normalise.ts'
import { worked } from '../../../../test/worked.ts'
import { withinTime } from '../../../../test/within-time.ts'

const ids = (raw: unknown, context: Circumstance = {}) => diagnose(normalise(raw, context)).map(({ id }) => id)

test('numbers come from the list, from the library’s own member and from the text, each once', () => {
  assert.deepEqual(normalise({ error: 'x', error_description: 'AADSTS50001: a AADSTS7000215: b AADSTS50001', error_codes: [7000215, 65001, '5', 1.5] }).aadsts, [7000215, 65001, 50001])
  assert.deepEqual(normalise({ name: 'ServerError', errorCode: 'invalid_client', errorNo: '7000222', errorMessage: 'no number' }).aadsts, [7000222])
  assert.deepEqual(normalise('AADSTS12: too short, AADSTS7000222 fits').aadsts, [7000222])
})

test('an OAuth answer keeps what programs may branch on', () => {
  const { oauthError, suberror, http, google } = normalise({ error: 'invalid_grant', suberror: 'bad_token', error_description: 'x' }, { where: 'entra', http: 400 })
  assert.deepEqual([oauthError, suberror, http, google], ['invalid_grant', 'bad_token', 400, undefined])
})

test('howToMatch 6: the chain of a Graph error is walked inward, in both spellings, and not for ever', () => {
  const chain = { code: 'A', innererror: { code: 'B', innerError: { message: 'none', innererror: { code: 'C' } } } }
  assert.deepEqual(normalise({ error: chain }, { where: 'graph', http: 400 }).graph?.codes, ['A', 'B', 'C'])
  const endless: Record<string, unknown> = { code: 'A' }
  endless['innererror'] = endless
  assert.equal(normalise({ error: endless }).graph?.codes.length, 16)
})

test('JSON in a text is read as what it is', () => {
  assert.deepEqual(ids('{"error":{"code":"ErrorAccessDenied","message":"Access is denied. Check credentials and try again."}}', { where: 'graph', mode: 'graph', http: 403 })[0], 'graph-access-denied')
  assert.deepEqual(ids(' {"error":"invalid_client","error_codes":[7000222]}', { mode: 'graph' })[0], 'aadsts-7000222')
  assert.deepEqual(normalise('{ no json AADSTS7000222').aadsts, [7000222])
  assert.deepEqual(normalise('[1]').text, '[1]')
})

const pasted: readonly [text: string, id: string, context?: Circumstance][] = [
  ['Error: Invalid login: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. [AM0PR01.eurprd01.prod.exchangelabs.com]', 'smtp-5.7.139-tenant'],
  ['2026-11-20 10:00:00 S: 250 ok\nC: AUTH XOAUTH2\nS: 535 5.7.3 Authentication unsuccessful [X]', 'smtp-5.7.3-oauth', { mode: 'smtp-office365' }],
  ['250-mail.example\n550 5.7.60 SMTP; Client does not have permissions to send as this sender', 'smtp-5.7.60'],
  ['Error: connect ECONNREFUSED 10.0.0.1:587\n    at TCPConnectWrap', 'net-econnrefused'],
  ['Hostname check: ERR_TLS_CERT_ALTNAME_INVALID', 'net-cert-name'],
  ['invalid_client: 7000215 - [2026-11-20 10:00:00Z]: AADSTS7000215: Invalid client secret provided.', 'aadsts-7000215'],
  ['GraphError: ErrorInvalidUser The requested user is invalid', 'graph-invalid-user'],
  ['status 404, code MailboxNotEnabledForRESTAPI', 'graph-mailbox-not-enabled', { mode: 'graph', where: 'graph', http: 404 }],
  ['AUTHENTICATE failed.', 'imap-authenticate-failed', { where: 'imap' }],
  ['Remote server returned 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup', 'smtp-5.1.1'],
]
for (const [text, id, context] of pasted) test(`pasted text leads to ${id}: ${text.slice(0, 40)}`, () => assert.equal(ids(text, context)[0], id))

test('a text that names nothing known leads nowhere', () => {
  for (const text of ['', 'it does not work', 'Request failed with status 503 at 10:00', 'ERROR 42', '\u0000\u202e']) assert.deepEqual(ids(text), [], text)
})

/** A failure in each of the forms an entry knows. */
const formsOf = ({ match: { aadsts, smtp, node, graph, google, msal, http, oauthError, imap, text } }: CatalogueEntry): readonly (readonly [raw: unknown, context: Circumstance])[] => {
  if (aadsts) return aadsts.map((number) => [{ error: 'x', error_codes: [number] }, { where: 'entra' }])
  if (smtp) return smtp.code.flatMap((code) => (smtp.enhanced ?? [null]).flatMap((enhanced) => (smtp.text ?? ['']).map((one) => [`${code} ${enhanced ? `${enhanced} ` : ''}${one}`, { where: 'smtp' }] as const)))
  if (node?.originalCode) return node.originalCode.map((code) => [{ originalCode: code, code: 'ESOCKET', message: '' }, { where: 'nodemailer' }])
  if (node?.code) return node.code.flatMap((code) => (node.text ?? ['']).map((message) => [{ code, message }, { where: 'nodemailer' }] as const))
  if (graph) return graph.http.flatMap((status) => (graph.code ?? ['']).flatMap((code) => (graph.text ?? ['']).map((message) => [{ error: { code, message } }, { where: 'graph', http: status }] as const)))
  if (google) return (google.error ?? ['']).flatMap((error) => (google.text ?? ['']).map((description) => [{ error, error_description: description }, { where: 'google' }] as const))
  if (msal) return msal.map((errorCode) => [{ errorCode }, { where: 'msal' }])
  if (imap) return imap.text.map((message) => [{ message }, { where: 'imap' }])
  if (http) return http.map((status) => [{ error: 'x' }, { where: 'entra', http: status }])
  return (oauthError ?? []).map((error) => [{ error }, { where: 'entra' }] as const).concat((text ?? []).map((one) => [one, {}] as never))
}

test('must show 3: every entry is found by every format it lists', () => {
  let forms = 0
  for (const entry of catalogue) for (const [raw, context] of entry.match.local ? [] : formsOf(entry)) {
    forms++
    const mode = entry.modes[0] === '*' ? 'smtp' : entry.modes[0]
    // A reply whose first digit and enhanced code disagree is nothing a server sends; what listens for progress is no failure.
    if (typeof raw === 'string' && /^(\d)\d\d (?!\1)[245]\./.test(raw)) continue
    if (JSON.stringify(raw).includes('(no error)')) continue
    assert.ok(ids(raw, { ...context, mode }).includes(entry.id), `${entry.id} ${JSON.stringify(raw)}`)
  }
  assert.ok(forms > 600, String(forms))
})

test('threat T26: whatever is thrown at it, it answers, and soon', () => {
  const context = fc.record({ where: fc.option(fc.constantFrom('entra', 'graph', 'smtp', 'msal', 'imap', 'google', 'x'), { nil: undefined }), http: fc.option(fc.integer(), { nil: undefined }), mode: fc.option(fc.string(), { nil: undefined }) })
  fc.assert(fc.property(fc.oneof(fc.anything(), fc.json(), fc.string({ unit: 'binary' })), context, (raw, at) => void ids(raw, at)), { numRuns: 400 })
  const hostile: unknown[] = [
    'AADSTS'.repeat(50_000), `AADSTS${'1'.repeat(300_000)}`, 'E'.repeat(300_000), '535 5.7.'.repeat(40_000), `${' '.repeat(300_000)}{`, '\n535-'.repeat(60_000), `{${'"a":'.repeat(60_000)}`,
    { error: 'x', error_description: 'AADSTS1234567 '.repeat(30_000), error_codes: Array.from({ length: 100_000 }, (_, at) => at) },
    { error: { code: 'Z'.repeat(300_000), message: 'y '.repeat(200_000) } }, { response: '535-5.7.8 a\n'.repeat(30_000), code: 'E'.repeat(100_000) },
  ]
  for (const raw of hostile) {
    const began = worked()
    ids(raw, { where: 'graph', http: 400 })
    ids(raw)
    withinTime(worked() - began, { to: 300 }, JSON.stringify(raw).slice(0, 40))
  }
})
