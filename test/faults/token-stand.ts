// One sign-in service and one mail server for every row of tokens, told apart by tenant and mailbox.
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import nodeTls from 'node:tls'
import { Inbox } from '../../demo/sandbox/inbox.ts'
import { Dialogue } from '../../demo/sandbox/manners.ts'
import type { Door } from '../../demo/sandbox/manners.ts'
import type { Cloud } from '../../packages/bff/src/kits/microsoft/clouds.ts'
import { Canary } from '../e2e/canary.ts'
import { record } from '../figures.ts'
import { entraError, json, startWeb } from '../peers/https.ts'
import { certificates, clientId, exchangeJwt, metadataOf, serviceOf } from '../peers/microsoft.ts'
import { account, startPeer } from '../peers/peer.ts'
import type { Told } from '../workerd/gateway.ts'
import { inTime, timely } from './mail-stand.ts'
import type { Edge, Seat } from './mail-stand.ts'
import { titleOf } from './mail-fault.ts'
import { tokenFaults } from './token-faults.ts'
import type { TokenFault } from './token-faults.ts'
import { Untimely } from '../within-time.ts'

/** What is known of one row while it is played. */
interface Case {
  readonly fault: TokenFault
  readonly tokens: string[]
  /** The run that counts has begun. */
  judged: boolean
  shown: number
}

export interface TokenStage {
  /** Worldwide, with the servers of this stage in it. */
  readonly cloud: Cloud
  readonly connections: number
  readonly open: number
  /** Runs that were begun. */
  readonly runs: number
  /** Counts a run; with a row, the one that counts for it. */
  begin(row?: Case): void
  prepare(fault: TokenFault): Case & { readonly tenantId: string; readonly mailbox: string }
  close(): Promise<unknown>
}

const inPath = (path: string): string => path.split('/')[1] ?? ''

export const startTokenStage = async (): Promise<TokenStage> => {
  const [tenants, mailboxes] = [new Map<string, Case>(), new Map<string, Case>()]
  let runs = 0
  const web = await startWeb(certificates.good)
  const origin = `https://localhost:${web.port}`
  web.will((response, asked) => {
    const known = tenants.get(inPath(asked.path))
    if (serviceOf(asked) === 'discovery') return json(200, metadataOf(origin, inPath(asked.path)))(response, asked)
    if (known?.fault.serviceDown && known.judged) { known.tokens.push(''); return json(401, entraError('invalid_client', 7000222, 'The provided client secret keys are expired.'))(response, asked) }
    const token = exchangeJwt({ tid: inPath(asked.path), jti: randomUUID() })
    known?.tokens.push(token)
    return json(200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token })(response, asked)
  })
  const door: Door = async (_mechanism, initial = '') => {
    const [, user = ''] = /^user=([^\x01]*)/.exec(Buffer.from(initial, 'base64').toString()) ?? []
    const known = mailboxes.get(user)
    const said = known?.judged ? known.fault.says[known.shown++] : undefined
    return said === undefined ? { reply: '235 2.7.0 Authentication successful', user } : { reply: said }
  }
  const context = { secureContext: nodeTls.createSecureContext({ ...certificates.good }) }
  const peer = await startPeer((talk) => new Dialogue(talk, { title: 'peer', context, account, inbox: new Inbox(), door }, { secure: ['PIPELINING', 'AUTH LOGIN XOAUTH2'] }).run())
  return {
    cloud: { ...web.cloud, id: 'peer', authority: origin, graph: origin, smtpHost: 'localhost', smtpPort: peer.port },
    get connections() { return peer.connections },
    get open() { return peer.open },
    get runs() { return runs },
    begin(row) {
      runs += 1
      if (row) row.judged = true
    },
    prepare(fault) {
      const [tenantId, mailbox] = [randomUUID(), `case-${mailboxes.size}@contoso.example`]
      const made = { fault, tokens: [], judged: false, shown: 0, tenantId, mailbox }
      tenants.set(tenantId, made)
      mailboxes.set(mailbox, made)
      return made
    },
    close: () => Promise.all([web.close(), peer.close()]),
  }
}

const play = async (fault: TokenFault, seat: Seat, stage: TokenStage) => {
  const made = stage.prepare(fault)
  const [secret, tenant] = [`Zr8Q~${randomBytes(18).toString('base64url')}`, randomUUID()]
  const body = { mode: 'smtp-office365', settings: { tenantId: made.tenantId, clientId, from: made.mailbox, cloud: 'peer' }, secrets: { clientSecret: { value: secret } }, until: 'delivery', to: 'ada@acme.example' }
  if (fault.kept) {
    stage.begin()
    assert.equal((await seat.check(body, { tenant })).verdict, 'passed', 'the run before')
  }
  stage.begin(made)
  const began = performance.now()
  const told = await seat.check(body, { tenant })
  return { made, told, secret, took: performance.now() - began }
}

const judge = (fault: TokenFault, { ended, verdict, rows }: Told, made: Case, took: number): void => {
  const finding = ended?.finding
  const seen = `${ended?.id}: ${finding?.code}: ${finding?.said}`
  assert.deepEqual([ended?.id, finding?.code, verdict], [fault.at, fault.code, fault.code === undefined ? 'passed' : 'failed'], seen)
  if (!inTime(fault, took)) throw new Untimely(`${Math.round(took)} ms, twice`)
  if (fault.said) assert.match(finding?.said ?? '', fault.said)
  if (fault.words) assert.match(JSON.stringify(finding), fault.words)
  if (finding) assert.ok(finding.title && finding.cause.length < 900 && finding.fixes.length > 0 && (finding.said ?? '').length <= 512)
  assert.deepEqual([Math.max(made.shown, 1), made.tokens.length], [fault.shown ?? 1, fault.asked ?? 1], 'tokens shown and asked for')
  if (fault.code === undefined) assert.equal(rows.find(({ id }) => id === 'sign-in')?.evidence?.['renewed'], true)
}

/** A good sign-in: what is loaded with the first token is no part of any answer's time. */
export const warmToken = async (seat: Seat, stage: TokenStage): Promise<void> => {
  assert.equal((await play({ id: 'F45', what: 'taken', says: [], bound: 20 }, seat, stage)).told.verdict, 'passed')
}

/** Every row on this runtime, one test each. */
export const standTokensOn = (runtime: Edge, seat: () => Seat, stage: () => TokenStage): void => {
  describe(`signing in with a token on ${runtime}`, { concurrency: 6 }, () => {
    for (const fault of tokenFaults) {
      test(`fault ${fault.id} [${runtime}]: ${titleOf(fault)}`, async () => {
        const { made, told, secret, took } = await timely(fault, () => play(fault, seat(), stage()))
        record({ of: `fault ${fault.id} ${runtime}`, seconds: took / 1000, bound: fault.bound, what: fault.what })
        judge(fault, told, made, took)
        const everything = `${JSON.stringify(told.events)}\n${await seat().log()}`
        for (const hidden of [secret, ...made.tokens.filter(Boolean)]) assert.deepEqual(new Canary(hidden).in(everything), [])
      })
    }
  })

  test(`after all of the tokens on ${runtime} no connection is left: one for every run`, async () => {
    for (let turn = 0; stage().open > 0 && turn < 20; turn += 1) await pause(50)
    assert.deepEqual([stage().open, stage().connections], [0, stage().runs])
    assert.doesNotMatch(await seat().log(), /uncaught|unhandled|"level":"error"/i)
  })
}
