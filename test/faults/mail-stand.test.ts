// What every fault of mail is held to is shown to catch what it is there for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '@mail-gateway/contract'
import type { MailFault } from './mail-fault.ts'
import { judgeTelling, judgeTraces, timely } from './mail-stand.ts'
import type { Played } from './mail-stand.ts'
import { Untimely } from '../within-time.ts'

const fault: MailFault = { id: 'F14', what: 'EHLO silent', at: 'capabilities', code: 'smtp.ehlo.timeout', bound: 5, said: /quiet/, words: /again/ }
const finding: Finding = { code: 'smtp.ehlo.timeout', id: null, title: 'It stopped', cause: 'It is quiet', fixes: [{ text: 'Check again' }], retry: { class: 'safe', text: 'Check again' } as unknown as Finding['retry'], said: 'all quiet' }
const password = 'Zq7!planted+secret/ö'
const auth = `AUTH PLAIN ${Buffer.from(`\0ada\0${password}`).toString('base64')}`
const server = { port: 1, heard: ['EHLO x'], connections: 1, open: 0, said: 100, signIns: () => [] as readonly string[] } as unknown as NonNullable<Played['peer']>
const good: Played = { events: [], rows: [], verdict: 'failed', ended: { id: 'capabilities', label: 'x', status: 'fail', finding } as unknown as NonNullable<Played['ended']>, ms: 1, took: 5100, password, peer: server }
const other = (change: Partial<Finding>): Played => ({ ...good, ended: { ...good.ended!, finding: { ...finding, ...change } } })

test('what is as it should be is let through', () => {
  judgeTelling(fault, good)
  judgeTraces(fault, good, 'nothing')
})

const told: readonly [what: string, played: Played][] = [
  ['another code', other({ code: 'smtp.ehlo.closed' })],
  ['another row', { ...good, ended: { ...good.ended!, id: 'greeting' } }],
  ['a pass', { ...good, verdict: 'passed' }],
  ['an open end instead of a failure', { ...good, verdict: 'unproven' }],
  ['half a second and more beyond the bound', { ...good, took: 5501 }],
  ['words that are missing', other({ fixes: [{ text: 'x' }] , retry: { class: 'safe', text: 'x' } as unknown as Finding['retry'] })],
  ['a text that is not the server’s', other({ said: 'something else' })],
  ['nothing that can be done', other({ fixes: [] })],
]
for (const [what, played] of told) test(`told otherwise is found: ${what}`, () => assert.throws(() => judgeTelling(fault, played), played.took > 5500 ? Untimely : assert.AssertionError))

const traces: readonly [what: string, change: Partial<Played>, log: string][] = [
  ['the password in what was told', other({ said: `535 ${password}` }), ''],
  ['the password in base64 in the log', {}, auth],
  ['the password in hexadecimal in the log', {}, Buffer.from(password).toString('hex')],
  ['a second connection', { peer: { ...server, connections: 2 } }, ''],
  ['a second sign-in', { peer: { ...server, signIns: () => [auth, auth] } }, ''],
  ['a sign-in before its turn', { peer: { ...server, signIns: () => [auth] } }, ''],
  ['the password before its turn', { peer: { ...server, heard: [Buffer.from(password).toString('base64')] } }, ''],
  ['bytes without end', { peer: { ...server, said: 1e9 } }, ''],
]
for (const [what, change, log] of traces) {
  test(`left behind is found: ${what}`, () => {
    const played = { ...good, ...change }
    assert.throws(() => judgeTraces(fault, { ...played, events: [{ event: 'result', ...played.ended } as unknown as Played['events'][number]] }, log), assert.AssertionError)
  })
}

test('an answer that is late once is waited for again, one that is late twice stays late', async () => {
  const run = (...times: number[]) => async () => ({ took: times.shift()! })
  assert.deepEqual(await timely(fault, run(9000, 5001)), { took: 5001 })
  assert.deepEqual(await timely(fault, run(9000, 8000, 1)), { took: 8000 })
  assert.deepEqual(await timely(fault, run(5001, 1)), { took: 5001 })
})
