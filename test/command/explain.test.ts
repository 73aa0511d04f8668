// `mail-gateway explain` as an operator runs it: a process, a file or standard input, an exit code.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Explanation } from '@mail-gateway/contract'
import { explainText } from '../../packages/bff/src/command/explain.ts'
import { isPlainAnswer } from '../../packages/bff/src/findings/answer.testing.ts'
import { explanation } from '../../packages/bff/src/openapi/answers.ts'
import { command } from '../peers/command.ts'
import type { Ended } from '../peers/command.ts'
import { withinTime } from '../within-time.ts'

interface Sample { readonly name: string; readonly raw: unknown; readonly context: Record<string, unknown>; readonly expect: string }
const { samples } = JSON.parse(readFileSync(new URL('../../packages/bff/src/findings/catalogue.samples.json', import.meta.url), 'utf8')) as { samples: readonly Sample[] }

let folder = ''
before(async () => { folder = await mkdtemp(join(tmpdir(), 'mail-gateway-')) })
after(() => rm(folder, { recursive: true }))

const json = ({ code, stdout, stderr }: Ended): Explanation => {
  assert.deepEqual([code, stderr, stdout.trimEnd().split('\n').length], [0, '', 1], stdout)
  return explanation.parse(JSON.parse(stdout))
}

for (const { name, raw, context, expect } of samples) {
  test(`must show 3: what the command makes of «${name}» is ${expect}, and “Try again?” is answered in plain words`, () => {
    const { id, retry } = explainText(JSON.stringify({ raw, context }))
    assert.equal(id, expect)
    assert.ok(isPlainAnswer(retry.text), retry.text)
  })
}

// One of each kind as a process; the others go through the same function.
for (const where of ['entra', 'msal', 'smtp', 'graph', 'imap', 'google', 'nodemailer']) {
  const { raw, context, expect } = samples.find((sample) => sample.context['where'] === where)!
  test(`must show 3: as a process, a failure of ${where} is explained in one JSON object`, async () => {
    assert.equal(json(await command(['explain', '--json'], { input: JSON.stringify({ raw, context }) })).id, expect)
  })
}

test('a file, standard input by name and by default say the same; people get title, cause, steps, who and link', async () => {
  const path = join(folder, 'failure.json')
  const input = JSON.stringify({ raw: { error: 'invalid_client', error_codes: [7000215] }, context: { where: 'entra', mode: 'graph', http: 401 } })
  await writeFile(path, input)
  const all = await Promise.all([command(['explain', path]), command(['explain', '-'], { input }), command(['explain'], { input })])
  assert.equal(new Set(all.map(({ stdout }) => stdout)).size, 1)
  for (const { code, stderr } of all) assert.deepEqual([code, stderr], [0, ''])
  assert.match(all[0].stdout, /^✖ The client secret is not the right one\n {4}Microsoft knows the app.*\n {4}1\. Make a new client secret.* {2}https:\/\/learn\.microsoft\.com\/.*\n {4}2\. /)
  assert.match(all[0].stdout, /\n {4}Who can do it: Owner of the application.*\n {4}Try again\? No.*\n {4}code entra\.aadsts-7000215, catalogue aadsts-7000215\n {4}the server said: invalid_client\n {4}it may also be:\n {6}Entra refused the request \(entra-unknown\)\n$/)
})

test('plain text is taken as it is, a pasted answer without an envelope too', async () => {
  assert.equal(json(await command(['explain', '--json'], { input: 'Error: Invalid login: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.\n    at SMTPConnection' })).id, 'smtp-5.7.139-mailbox')
  assert.equal(json(await command(['explain', '--json'], { input: '{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"x"}}' })).id, 'graph-mailbox-not-enabled')
})

test('what nothing known fits ends with 1, says so and quotes inert text without secrets', async () => {
  const input = `no such failure \u001b[31m\u202E client_secret=canary-secret-1\nAUTH PLAIN Y2FuYXJ5LXBhc3N3b3Jk`
  for (const args of [['explain'], ['explain', '--json']]) {
    const { code, stdout, stderr } = await command(args, { input })
    assert.deepEqual([code, stderr], [1, ''])
    assert.match(stdout, /Nothing known fits this failure/)
    assert.match(stdout, /Perhaps, nobody knows/)
    assert.match(stdout, /no such failure/)
    assert.doesNotMatch(stdout, /canary-secret-1|Y2FuYXJ5|[\u001b\u202E]/)
  }
})

test('a call that cannot be carried out ends with 64 and says why; nothing is on standard output', async () => {
  const calls: readonly [args: string[], input: string, says: RegExp][] = [
    [['explain', '--verbose'], 'x', /--verbose/],
    [['explain', 'a', 'b'], 'x', /one file/],
    [['explain', join(folder, 'absent.json')], '', /cannot read/],
    [['explain'], ' \n', /nothing to explain/],
    [['explain'], '{"raw":"x","context":{"mode":"pigeon"}}', /\/context\/mode: must be one of smtp, .*mailbox\/password/],
    [['explain'], '{"raw":5}', /\/raw: /],
    [['explain'], '{"raw":"x","context":{"http":"400"}}', /\/context\/http: /],
  ]
  for (const [args, input, says] of calls) {
    const { code, stdout, stderr } = await command(args, { input })
    assert.deepEqual([code, stdout], [64, ''], stderr)
    assert.match(stderr, says)
  }
})

test('threat T26: a log of megabytes is read to a limit, and soon', async () => {
  const { code, took } = await command(['explain', '--json'], { input: `AADSTS7000222 ${'535 5.7.8 x@y.example '.repeat(400_000)}` })
  assert.equal(code, 0)
  withinTime(took, { to: 10_000 })
})

test('the help names it', async () => assert.match((await command(['--help'])).stdout, /\n {2}explain \[FILE\] \[--json\]\n/))
