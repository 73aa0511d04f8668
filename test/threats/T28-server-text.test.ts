// What a server says is data: whatever it puts into a reply arrives inert, bounded, and still readable.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CheckResult } from '@mail-gateway/contract'
import { said } from '../../packages/bff/src/findings/said.ts'
import { check } from '../peers/check.ts'
import { payloads } from '../peers/hostile-texts.ts'
import { answering, startPeer } from '../peers/peer.ts'
import type { Script } from '../peers/peer.ts'

/** One reply of the dialogue says the payload, in every other respect the server is proper. */
const stages: Readonly<Record<string, (text: string) => Script>> = {
  greeting: (text) => answering({}, `554 5.7.1 ${text}`),
  'passed greeting': (text) => answering({ DATA: '354 Go' }, `220 ${text}`),
  EHLO: (text) => answering({ EHLO: `550 ${text}`, HELO: `550 ${text}` }),
  'what EHLO lists': (text) => answering({ EHLO: `250-${text}\n250-AUTH ${text}\n250-AUTH=${text}\n250 AUTH GSSAPI ${text}`, DATA: '354 Go' }),
  STARTTLS: (text) => answering({ EHLO: '250-peer.test\n250 STARTTLS', STAR: `454 4.7.0 ${text}` }),
  AUTH: (text) => answering({ EHLO: '250-peer.test\n250 AUTH PLAIN', AUTH: `535 5.7.8 ${text}` }),
  MAIL: (text) => answering({ MAIL: `550-5.7.1 ${text}\n550 5.7.1 ${text}` }),
  RCPT: (text) => answering({ RCPT: `550 5.1.1 ${text}` }),
  DATA: (text) => answering({ DATA: `554 ${text}` }),
  message: (text) => answering({ DATA: async (talk) => { await talk.say('354 Go'); for (let line = await talk.line(); line !== '.' && line !== null;) line = await talk.line(); await talk.say(`250 queued as ${text}`) } }),
  'no reply at all': (text) => answering({ RCPT: `ABC ${text}` }),
}
const typed: Readonly<Record<string, Record<string, unknown>>> = {
  STARTTLS: { security: 'starttls' },
  AUTH: { authentication: 'password', username: 'u', password: 'quiet-river' },
  'what EHLO lists': { authentication: 'password', username: 'u', password: 'quiet-river' },
}
const policy = { allow: ['127.0.0.1'], ports: '1-65535', clearText: ['127.0.0.1'] }

// Written apart from what is tested: every character a screen or a terminal may act upon.
const active = (text: string): boolean => [...text].some((mark) => {
  const code = mark.codePointAt(0)!
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xad || code === 0x34f || code === 0x61c || code === 0x180e || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e)
    || (code >= 0x2060 && code <= 0x206f) || code === 0xfeff || (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe0fff)
})
const textsOf = (value: unknown): string[] => typeof value === 'string' ? [value] : Array.isArray(value) ? value.flatMap(textsOf) : value && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : []

const wrongIn = (result: CheckResult): string[] => {
  const texts = textsOf([result.evidence, result.finding])
  return [...texts.filter(active), ...textsOf([result.evidence, result.finding?.said]).filter((text) => text.length > 512)]
}

const inLanes = async <T>(all: readonly T[], lanes: number, work: (one: T) => Promise<void>) => {
  const waiting = [...all]
  await Promise.all(Array.from({ length: lanes }, async () => { for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one) }))
}

describe('what a server says', { concurrency: 3 }, () => {
  for (const [stage, script] of Object.entries(stages)) {
    test(`threat T28: ${payloads.length} hostile texts at ${stage} arrive inert and within 512 characters`, async () => {
      assert.equal(payloads.length, 200)
      const wrong: string[] = []
      let told = 0
      await inLanes(payloads, 4, async (text) => {
        const peer = await startPeer(script(text))
        const { events } = await check({ host: '127.0.0.1', port: peer.port, security: 'none', authentication: 'none', from: 'a@acme.example', ...typed[stage] }, { policy })
        await peer.close()
        const results = events.filter((event) => event.event === 'result')
        wrong.push(...results.flatMap(wrongIn).map((seen) => `${JSON.stringify(text).slice(0, 60)}: ${JSON.stringify(seen).slice(0, 200)}`))
        told += results.filter(({ finding, evidence }) => finding?.said ?? evidence?.reply).length
      })
      assert.deepEqual(wrong, [])
      assert.ok(told >= 190, `the server's words were shown ${told} times`)
    })
  }
})

test('threat T28: what is shown can be read back: escapes stand for exactly what was there', () => {
  for (const text of payloads.filter((one) => !one.includes('\\u{'))) {
    const shown = said(text)
    const whole = shown.replace(/\\u\{[0-9a-f]*$/, '')
    const back = whole.replace(/\\u\{([0-9a-f]+)\}/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    assert.ok(text.startsWith(back.replace(/[\ud800-\udbff]$/, '')), JSON.stringify(text).slice(0, 80))
    assert.ok(shown.length <= 512)
    assert.ok(shown.isWellFormed(), 'never half a character')
  }
})
