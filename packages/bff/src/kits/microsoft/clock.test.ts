import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotProven, Stop, steps } from '../../checks/step.ts'
import type { CheckEvent, CheckResult, Finding } from '@mail-gateway/contract'
import type { ModePorts } from '../../ports/mode-ports.ts'
import { explainSmtp } from '../smtp/explain.ts'
import { SmtpFault } from '../smtp/fault.ts'
import { aheadBy, underClock } from './clock.ts'
import { builtInClouds } from './clouds.ts'
import { explainMicrosoft } from './explain.ts'
import { MicrosoftFault } from './fault.ts'
import { words } from './words.ts'

const minute = 60_000
const now = Date.parse('2026-11-21T10:00:00Z')
const dated = (ms: number, more: Record<string, string> = {}) => ({ headers: { date: new Date(ms).toUTCString(), ...more } })

test('fault F101: how far our clock is ahead is read from the Date of an answer', () => {
  assert.equal(aheadBy(dated(now - 10 * minute), now), 10 * minute)
  assert.equal(aheadBy(dated(now + 10 * minute), now), -10 * minute)
  assert.equal(aheadBy(dated(now - 10 * minute, { age: '600' }), now), 0, 'a kept answer is as old as it says')
  for (const date of [undefined, '', 'soon', '0', '2026-11-21T09:00:00Z']) assert.equal(aheadBy({ headers: date === undefined ? {} : { date } }, now), undefined, String(date))
})

test('fault F101: by how much is said in the largest unit that fits', () => {
  const say = (ahead: number) => words['clock.wrong']({ ...{ mode: 'graph', cloud: '', graph: '', signIn: 'x', smtp: '', smtpPort: 587, mailbox: '', from: '', role: '', api: '' }, host: 'login.example', ahead }).cause
  for (const [ahead, text] of [[6, '6 minutes ahead of'], [-10, '10 minutes behind'], [119, '119 minutes ahead of'], [3 * 60, '3 hours ahead of'], [-3 * 1_440, '3 days behind'], [10 * 525_960, '10 years ahead of']] as const) {
    assert.match(say(ahead * minute), new RegExp(`It is about ${text} the clock of login\\.example\\.`))
  }
})

/** A checklist's verbs and ports where every answer was sent by `ahead` before our time. */
const under = (ahead: () => number) => {
  const explain = explainMicrosoft('smtp-office365', { cloud: builtInClouds[0]!, from: 'a@acme.example', account: 'a@acme.example' })
  const egress = { request: async () => ({ status: 200, text: '{}', ...dated(now - ahead()) }) } as unknown as ModePorts['egress']
  const { step, ports } = underClock(steps<string>({ explain, signal: new AbortController().signal, elapsed: () => 0 }), { egress, clock: { now: () => now, elapsed: () => 0 } } as ModePorts, explain)
  return { step, ask: (signal: AbortSignal) => ports.egress.request({ method: 'GET', url: new URL('https://login.example/x') }, signal) }
}

/** What one row says. */
const resultOf = async (events: AsyncIterable<CheckEvent>): Promise<CheckResult> => {
  const results: CheckResult[] = []
  try {
    for await (const event of events) if (event.event === 'result') results.push(event)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
  }
  return results[0]!
}

/** Runs one row after an answer that was sent by `ahead` before our time. */
const row = async (ahead: number, work: () => Promise<unknown>, verb: 'must' | 'may' = 'may'): Promise<CheckResult> => {
  const { step, ask } = under(() => ahead)
  return resultOf(step[verb]('tenant', async (signal) => {
    await ask(signal)
    await work()
    return { value: undefined }
  }))
}
const failing = (fault: Error) => async () => { throw fault }
const entra = (number: number) => new MicrosoftFault('service.refused', { service: 'token', host: 'login.example', http: 401, body: { error: 'invalid_client', error_description: `AADSTS${number}: Words.`, error_codes: [number] } })

test('fault F101: five minutes are forgiven; more is advice where the row passes', async () => {
  assert.deepEqual((await row(5 * minute, async () => {})).status, 'pass')
  for (const ahead of [6 * minute, -6 * minute]) {
    const { status, finding } = await row(ahead, async () => {})
    assert.deepEqual([status, finding?.code, finding?.title, finding?.step, finding?.who], ['warn', 'clock.wrong', 'This server’s clock looks wrong', 'network', 'Whoever runs this product'])
  }
})

const own: Finding = { code: 'own', id: null, title: 'X', cause: 'Y.', fixes: [], retry: { class: 'once', text: 'Yes' } }

test('fault F101: it is advised once, by the first row that passes and has nothing to say itself', async () => {
  const { step, ask } = under(() => 10 * minute)
  const codes: (string | undefined)[] = []
  for (const said of [{ advice: own }, { open: own }, {}, {}]) codes.push((await resultOf(step.may('tenant', async (signal) => { await ask(signal); return { value: 1, ...said } }))).finding?.code)
  assert.deepEqual(codes, ['own', 'own', 'clock.wrong', undefined])
})

test('fault F101: a clock that was set right in between is right', async () => {
  let ahead = 10 * minute
  const { step, ask } = under(() => ahead)
  const { status } = await resultOf(step.may('tenant', async (signal) => { await ask(signal); ahead = 0; await ask(signal); return { value: 1 } }))
  assert.equal(status, 'pass')
})

test('fault F101: a row the rest depends on is told with the clock as well', async () => {
  const fault = new MicrosoftFault('https.tls', { service: 'token', host: 'login.example', cause: 'CERT_HAS_EXPIRED' })
  assert.equal((await row(10 * minute, failing(fault), 'must')).finding?.code, 'clock.wrong')
})

const finding = async (ahead: number, fault: Error): Promise<Finding> => (await row(ahead, failing(fault))).finding!

test('fault F101: a certificate or a token out of its time is led by the clock, and keeps what was met', async () => {
  for (const fault of [new MicrosoftFault('https.tls', { service: 'token', host: 'login.example', cause: 'CERT_HAS_EXPIRED' }), new SmtpFault('tls.certificate.not-yet-valid'), new SmtpFault('tls.failed'), entra(700024),
    new MicrosoftFault('https.not-told', { service: 'token', host: 'login.example' }), new MicrosoftFault('graph.token-refused', { service: 'graph', host: 'graph.example', http: 401 }), new SmtpFault('tls.certificate.untrusted'), new SmtpFault('tls.not-told')]) {
    const [alone, led] = [await finding(0, fault), await finding(10 * minute, fault)]
    assert.deepEqual([led.code, led.title, led.id, led.field], ['clock.wrong', 'This server’s clock looks wrong', alone.id, undefined])
    assert.match(led.cause, /^It is about 10 minutes ahead of the clock of login\.example\./)
    assert.ok(led.cause.includes(alone.title))
    assert.deepEqual(led.fixes.slice(1), alone.fixes)
  }
})

test('fault F101: what time cannot bring about stays what it is, with the clock as the first thing to put right', async () => {
  for (const fault of [entra(7000215), new SmtpFault('connect.refused')]) {
    const [alone, led] = [await finding(0, fault), await finding(-10 * minute, fault)]
    assert.deepEqual({ ...led, fixes: led.fixes.slice(1) }, alone)
    assert.match(led.fixes[0]!.text, /^Set the clock of this server right.*about 10 minutes behind/)
  }
})

test('fault F101: a certificate by whose dates our clock may be wrong says so first, also where no clock was compared', async () => {
  for (const [cause, title] of [['CERT_HAS_EXPIRED', /^By this server’s clock the certificate of login\.example has expired$/], ['CERT_NOT_YET_VALID', /is not valid yet$/]] as const) {
    const { title: said, fixes, code } = await finding(0, new MicrosoftFault('https.tls', { service: 'token', host: 'login.example', cause }))
    assert.match(said, title)
    assert.match(fixes[0]!.text, /^Look at the clock of this server first/)
    assert.equal(code, 'https.tls')
  }
})

test('fault F101: where there is no other clock to compare with, a mail server’s certificate out of its time sends to our own clock first', () => {
  for (const code of ['tls.certificate.expired', 'tls.certificate.not-yet-valid'] as const) {
    assert.match(explainSmtp('smtp', { host: 'mail.example', port: 587 })(new SmtpFault(code), 'encryption').finding.fixes[0]!.text, /^(Look at|Check) the clock of this machine/, code)
  }
})

test('a crash of ours and what nobody can know are not blamed on the clock', async () => {
  for (const [error, code] of [[new TypeError('broken'), 'internal'], [new NotProven('silence'), 'smtp.message.unproven']] as const) {
    const { status, finding } = await row(10 * minute, failing(error))
    assert.deepEqual([status, finding?.code], ['unproven', code])
    assert.doesNotMatch(JSON.stringify(finding), /clock/)
  }
})
