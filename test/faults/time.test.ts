// Clocks that are wrong or jump, and tokens that end at the worst moment.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { settled, timers, watchSockets } from '../peers/check.ts'
import { entraError, inTurn, json, startWeb } from '../peers/https.ts'
import type { Answering } from '../peers/https.ts'
import { certificates, exchangeJwt, graphError, jwt, mailbox, startSubmission, taken, tokenFor } from '../peers/microsoft.ts'
import type { Answers } from '../peers/microsoft.ts'
import { startPeer, wellBehaved } from '../peers/peer.ts'
import { cloudOf, startRealm } from '../peers/realm.ts'
import type { Organisation } from '../peers/realm.ts'
import { nodeSeat } from '../peers/seats.ts'
import type { Run, Runtime, Seat } from '../peers/seats.ts'
import { boundOf, declare, freed, inTime, onBoth, silentAbout } from './microsoft.ts'
import type { Row, Stage } from './microsoft.ts'
import { withinTime } from '../within-time.ts'

const minute = 60_000
const year = 365.25 * 24 * 60 * minute

// --- F101: the clock is off ---

const offs: readonly [ahead: number, text: string][] = [
  [10 * minute, '10 minutes ahead of'], [-10 * minute, '10 minutes behind'], [10 * year, '10 years ahead of'], [-10 * year, '10 years behind'],
]
/** Told once, at the first row that saw it. */
const advised = (run: Run, text: string): void => {
  const told = Object.values(run.rows).filter(({ finding }) => finding?.code === 'clock.wrong' && finding.title === 'This server’s clock looks wrong')
  assert.deepEqual([told[0]?.id, told[0]?.status], ['tenant', 'warn'], JSON.stringify(run.rows['tenant']))
  assert.match(told[0]!.finding!.cause, new RegExp(`^It is about ${text} the clock of localhost:\\d+\\.`))
  assert.match(told[0]!.finding!.fixes[0]!.text, /^Set the clock of this server right/)
}
const clockComesFirst = (run: Run): void => { assert.match(run.ended!.finding!.fixes[0]!.text, /^Set the clock of this server right.*10 minutes ahead/) }
const refusedAs = (number: number, error = 'invalid_client') => ({ answers: (): Answers => ({ token: json(401, entraError(error, number, 'Words of the service.')) }) })

const clockRows: readonly Row[] = [
  ...offs.map(([ahead, text]): Row => ({ id: 'F101', what: `${text} theirs, and all is well otherwise: passes with advice, told once`, ahead, verdict: 'passed', posts: 1, tokens: 1, also: (run) => { advised(run, text) } })),
  { id: 'F101', what: 'four minutes off are nobody’s concern', ahead: 4 * minute, verdict: 'passed', also: ({ rows }, { shifted }) => { for (const { status } of Object.values(rows)) assert.equal(status, 'pass'); assert.ok(shifted() > 0) } },
  { id: 'F101', what: 'a token error of time is led by the clock', ahead: 10 * minute, ...refusedAs(700024), verdict: 'failed', at: 'token', code: 'clock.wrong', entry: 'aadsts-700024', words: /about 10 minutes ahead of/, also: clockComesFirst },
  { id: 'F101', what: 'a wrong secret stays one, and the clock comes first', ahead: 10 * minute, ...refusedAs(7000215), verdict: 'failed', at: 'token', code: 'entra.aadsts-7000215', field: 'clientSecret', also: (run) => { advised(run, '10 minutes ahead of'); clockComesFirst(run) } },
  { id: 'F101', what: 'a Graph that twice calls a fresh token out of its time: the clock', ahead: 10 * minute, answers: () => ({ sendMail: graphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.') }), verdict: 'failed', at: 'message', code: 'clock.wrong', posts: 2, bound: 14, also: clockComesFirst },
  { id: 'F101', what: 'where the metadata is down, the token’s answer tells the time', ahead: 10 * minute, answers: () => ({ discovery: json(503, {}) }), verdict: 'passed', also: ({ rows }) => assert.deepEqual([rows['token']?.status, rows['token']?.finding?.code], ['warn', 'clock.wrong']) },
]

const outOfTime = await startWeb(certificates.expired)
const notYet = await startWeb(certificates.notYetValid)
const oldMailServer = await startPeer(wellBehaved({ certificate: certificates.expired, secure: ['AUTH XOAUTH2'] }))
const silentMailServer = await startPeer(() => {})
const officeToken = exchangeJwt()
const mailServer = await startSubmission({ accessToken: officeToken })
after(() => Promise.all([outOfTime, notYet, oldMailServer, silentMailServer, mailServer].map((one) => one.close())))

const certificatesByTime = (runtime: Runtime, stage: () => Stage): void => {
  for (const [cloud, title] of [['out-of-time', /^By this server’s clock the certificate of localhost:\d+ has expired$/], ['not-yet', /^By this server’s clock the certificate of localhost:\d+ is not valid yet$/]] as const) {
    test(`fault F101 [${runtime}]: a certificate that is ${cloud} by our clock: ${runtime === 'node' ? 'the clock is to be looked at first' : 'this runtime gives no reason'}`, async () => {
      const { seat, realm } = stage()
      const run = await seat.check(realm.organisation().draft({ cloud }))
      inTime('F101', runtime, run.seconds)
      const { finding } = run.ended!
      assert.deepEqual([run.verdict, run.ended!.id, finding!.code], ['failed', 'tenant', runtime === 'node' ? 'https.tls' : 'https.not-told'])
      if (runtime === 'workerd') return
      assert.match(finding!.title, title)
      assert.match(finding!.fixes[0]!.text, /^Look at the clock of this server first/)
    })
  }

  test(`fault F101 [${runtime}]: the mail server’s certificate has expired by a clock that Microsoft’s answers contradict: the clock leads`, async () => {
    const { seat, realm } = stage()
    const organisation = realm.organisation({}, 10 * minute)
    const run = await seat.check({ ...organisation.draft({ cloud: 'old-mail' }), mode: 'smtp-office365' })
    inTime('F101', runtime, run.seconds)
    assert.deepEqual([run.verdict, run.ended?.id, run.ended?.finding?.code], ['failed', 'encryption', 'clock.wrong'], JSON.stringify(run.ended))
    clockComesFirst(run)
    assert.deepEqual(organisation.to('token'), [], 'no token is asked for')
  })
}

// --- F103 and F104: tokens that end ---

const lasting = (seconds: number, accessToken: string): Answering => json(200, { token_type: 'Bearer', expires_in: seconds, access_token: accessToken })
/** Its own token, another one each time. */
const fresh = (seconds = 3599): Answering => (response, asked) => lasting(seconds, jwt({ tid: asked.path.split('/')[1], uti: crypto.randomUUID() }))(response, asked)
const slowly = (ms: number, answer: Answering): Answering => (response, asked) => { setTimeout(() => answer(response, asked), ms) }

const saved = async (seat: Seat, draft: Record<string, unknown>): Promise<string> => {
  const tenant = `acme-${crypto.randomUUID()}`
  const { until: _until, to: _to, ...gateway } = draft
  const response = await seat.call('POST', '/gateways', gateway, tenant)
  assert.equal(response.status, 201, await response.text())
  return tenant
}
const at = async <T>(id: string, runtime: Runtime, work: () => Promise<T>): Promise<T> => {
  const began = performance.now()
  const result = await work()
  inTime(id, runtime, (performance.now() - began) / 1000)
  return result
}
const quiet = async (organisation: Organisation, seat: Seat): Promise<void> => { silentAbout([organisation.clientSecret, organisation.accessToken], await seat.log()) }
const manyTimes = (times: number, seat: Seat, tenant: string) => Promise.all(Array.from({ length: times }, () => seat.send(tenant)))
const allSent = (posted: readonly { messageId?: string }[]): void => {
  assert.deepEqual(posted.filter(({ messageId }) => messageId === undefined), [])
  assert.equal(new Set(posted.map(({ messageId }) => messageId)).size, posted.length, 'each its own message')
}

/** One after the other: each brings a crowd of its own. */
const endings = (runtime: Runtime, stage: () => Stage): void => void describe('tokens that end', { concurrency: 1 }, () => {
  for (const [seconds, requests, what] of [[310, 1, 'ten seconds more than five minutes left is used'], [290, 2, 'under five minutes left is renewed before it is used']] as const) {
    test(`fault F103 [${runtime}]: a kept token with ${what}`, async () => {
      const { seat, realm } = stage()
      const organisation = realm.organisation({ token: fresh(seconds) })
      const tenant = await saved(seat, organisation.draft())
      await at('F103', runtime, async () => { allSent([await seat.send(tenant), await seat.send(tenant)]) })
      assert.equal(organisation.to('token').length, requests)
      assert.equal(organisation.to('sendMail').length, 2)
    })
  }

  test(`fault F103 [${runtime}]: a kept token that Graph refuses to twenty at once is renewed once for all of them`, async () => {
    const { seat, realm } = stage()
    const refused: string[] = []
    const sendMail: Answering = (response, asked) => (refused.includes(asked.headers.authorization!) ? graphError(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.') : taken)(response, asked)
    const organisation = realm.organisation({ token: slowly(100, fresh()), sendMail })
    const tenant = await saved(seat, organisation.draft())
    allSent([await seat.send(tenant)])
    refused.push(organisation.to('sendMail')[0]!.headers.authorization!)
    await at('F103', runtime, async () => { allSent(await manyTimes(20, seat, tenant)) })
    assert.deepEqual([organisation.to('token').length, organisation.to('sendMail').length], [2, 1 + 40])
    allSent([await seat.send(tenant)])
    assert.equal(organisation.to('token').length, 2, 'the renewed one is kept')
    await quiet(organisation, seat)
  })

  test(`fault F104 [${runtime}]: and threat T40: 100 messages at the moment a token ends: one request for a new one, all sent, one kept`, async () => {
    const { seat, realm } = stage()
    const times: number[] = []
    const answer = inTurn(fresh(301), slowly(300, fresh()))
    const organisation = realm.organisation({ token: (response, asked) => { times.push(Math.round(performance.now())); answer(response, asked) } })
    const tenant = await saved(seat, organisation.draft())
    allSent([await seat.send(tenant)])
    // A second more than the margin: it is used until then, and not after.
    await wait(1_100)
    await at('F104', runtime, async () => { allSent(await manyTimes(100, seat, tenant)) })
    assert.deepEqual([organisation.to('token').length, organisation.to('sendMail').length], [2, 101], `asked for at ${times.join(', ')} ms`)
    assert.equal(await seat.keptTokens(tenant), 1)
    await quiet(organisation, seat)
    await freed(organisation)
  })

  test(`fault F104 [${runtime}]: 100 messages over SMTP with no token yet: one request, all sent, one kept`, async () => {
    const { seat, realm } = stage()
    const organisation = realm.organisation({ token: slowly(300, tokenFor(officeToken)) })
    const tenant = await saved(seat, { ...organisation.draft({ cloud: 'mail', from: mailbox }), mode: 'smtp-office365' })
    const before = mailServer.mail.list().length
    await at('F104', runtime, async () => { allSent(await manyTimes(100, seat, tenant)) })
    assert.equal(organisation.to('token').length, 1)
    assert.equal(mailServer.mail.list().length - before, 100)
    assert.equal(await seat.keptTokens(tenant), 1)
    silentAbout([organisation.clientSecret, officeToken], await seat.log())
  })

  test(`fault F104 [${runtime}]: whoever asks for the others and is taken away does not take them along`, async () => {
    const { seat, realm } = stage()
    const organisation = realm.organisation({ token: inTurn(() => {}, fresh()) })
    const tenant = await saved(seat, organisation.draft())
    const leaving = new AbortController()
    const first = seat.send(tenant, leaving.signal).then((posted) => posted.messageId, () => undefined)
    while (organisation.to('token').length === 0) await wait(10)
    const others = manyTimes(10, seat, tenant)
    await wait(300)
    leaving.abort()
    await at('F104', runtime, async () => { allSent(await others) })
    assert.equal(await first, undefined)
    // workerd may not hear at once that a caller has gone: then its message leaves as well.
    const posts = organisation.to('sendMail').length
    assert.ok(posts === 10 || (runtime === 'workerd' && posts === 11), `${posts} messages`)
    assert.equal(organisation.to('token').length, 2)
    await freed(organisation)
  })

  test(`fault F104 [${runtime}]: a wrong secret is refused once to a hundred, each is told`, async () => {
    const { seat, realm } = stage()
    const organisation = realm.organisation({ token: slowly(300, json(401, entraError('invalid_client', 7000215, 'Invalid client secret provided.'))) })
    const tenant = await saved(seat, organisation.draft())
    const posted = await at('F104', runtime, () => manyTimes(100, seat, tenant))
    assert.deepEqual(new Set(posted.map(({ finding }) => finding?.code)), new Set(['entra.aadsts-7000215']))
    assert.deepEqual([organisation.to('token').length, organisation.to('sendMail').length], [1, 0])
  })
})

onBoth('time', ({ cloud, origin }) => ({
  clouds: [
    cloud, cloudOf('out-of-time', `https://localhost:${outOfTime.port}`), cloudOf('not-yet', `https://localhost:${notYet.port}`),
    cloudOf('old-mail', origin, origin, { smtpHost: 'localhost', smtpPort: oldMailServer.port }), cloudOf('mail', origin, origin, { smtpHost: 'localhost', smtpPort: mailServer.port }),
  ],
}), (runtime, stage) => {
  declare(clockRows, runtime, stage)
  certificatesByTime(runtime, stage)
  endings(runtime, stage)
})

// --- F102 and F101: this machine's own clock, which only a host on Node can set ---

describe('a clock that can be set [node]', { concurrency: 4 }, () => {
  const sockets = watchSockets()
  let atFirst = 0
  before(() => { atFirst = timers() })
  after(async () => {
    sockets.stop()
    for (let turn = 0; turn < 30 && (sockets.left().length > 0 || timers() > atFirst); turn += 1) await settled()
    assert.deepEqual([sockets.left().length, timers() - atFirst], [0, 0], 'sockets and timers left behind')
  })
  const worldAt = async (now: () => number) => {
    const realm = await startRealm(certificates.good)
    const seat = await nodeSeat({ clouds: [realm.cloud], ca: certificates.ca, now })
    return { realm, seat, async [Symbol.asyncDispose]() { await seat.close(); await realm.close() } }
  }

  for (const [ahead, text] of offs) {
    test(`fault F101 [node]: our own clock is ${text} everybody’s: passes with advice`, async () => {
      await using world = await worldAt(() => Date.now() + ahead)
      const organisation = world.realm.organisation()
      const run = await world.seat.check(organisation.draft())
      inTime('F101', 'node', run.seconds)
      assert.equal(run.verdict, 'passed', JSON.stringify(run.ended))
      advised(run, text)
      const again = await world.seat.check(organisation.draft())
      assert.deepEqual([again.verdict, organisation.to('token').length], ['passed', 2], 'tenants of ours do not share')
    })
  }

  const jumps = [60 * minute, -60 * minute, 10 * year, -10 * year, 0]
  const jumping = (): () => number => {
    const began = performance.now()
    return () => Date.now() + jumps[Math.floor((performance.now() - began) / 250) % jumps.length]!
  }
  const measured = (run: Run): void => {
    const end = run.events.at(-1)
    assert.ok(end?.event === 'end' && end.ms >= 0, JSON.stringify(end))
    withinTime(Math.abs(end.ms - run.seconds * 1000), { to: 1000 })
    for (const { ms = 0 } of Object.values(run.rows)) assert.ok(ms >= 0 && ms <= end.ms + 1)
  }
  const cases: readonly [what: string, answers: Answers, at: string, code: string, bound: number, least: number][] = [
    ['a token endpoint that hangs', { token: () => {} }, 'token', 'https.timeout', boundOf('F60'), 9.5],
    ['a Graph that hangs', { sendMail: () => {} }, 'message', 'graph.message.unproven', boundOf('F74'), 7.4],
    ['a token endpoint that asks to wait a second', { token: inTurn(json(429, {}, { 'retry-after': '1' }), fresh()) }, '', '', boundOf('F58'), 1],
    ['a service that is well', {}, '', '', boundOf('F101'), 0],
  ]
  for (const [what, answers, row, code, bound, least] of cases) {
    test(`fault F102 [node]: the clock jumps by hours and years while ${what} is waited for: deadlines hold`, async () => {
      await using world = await worldAt(jumping())
      const organisation = world.realm.organisation(answers)
      const run = await world.seat.check(organisation.draft())
      inTime('F102', 'node', run.seconds)
      withinTime(run.seconds * 1000, { from: least * 1000, to: (bound + 1) * 1000 })
      assert.deepEqual([run.ended?.id, run.ended?.finding?.code], row ? [row, code] : [undefined, undefined], JSON.stringify(run.ended))
      measured(run)
      await freed(organisation)
    })
  }

  test('fault F102 [node]: the clock jumps while a mail server is silent: its five seconds hold', async () => {
    await using world = await worldAt(jumping())
    const run = await world.seat.check({ mode: 'smtp', settings: { host: '127.0.0.1', port: silentMailServer.port, security: 'none', authentication: 'none', from: 'noreply@acme.example' }, until: 'delivery', to: 'ada@acme.example' })
    inTime('F102', 'node', run.seconds)
    withinTime(run.seconds * 1000, { from: 5000, to: 6500 })
    assert.deepEqual([run.ended?.id, run.ended?.finding?.code], ['greeting', 'smtp.greeting.timeout'])
    measured(run)
  })

  test('fault F102 [node]: a token kept before the clock was set back is not taken for one of the future', async () => {
    let ahead = 10 * year
    await using world = await worldAt(() => Date.now() + ahead)
    const organisation = world.realm.organisation({ token: fresh() })
    const tenant = await saved(world.seat, organisation.draft())
    allSent([await world.seat.send(tenant), await world.seat.send(tenant)])
    assert.equal(organisation.to('token').length, 1)
    ahead = 0
    allSent([await world.seat.send(tenant)])
    assert.equal(organisation.to('token').length, 2)
  })
})
