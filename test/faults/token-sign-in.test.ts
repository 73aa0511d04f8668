// Signing in to a mail server with a token: what is sent, what is never sent, and what a server may do to it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Conversation } from '../../demo/sandbox/conversation.ts'
import type { Answer } from '../peers/check.ts'
import { json } from '../peers/https.ts'
import { checkOffice, exchangeJwt, mailbox, startMicrosoft, startSubmission, tenantId, tokenFor } from '../peers/microsoft.ts'
import type { MicrosoftPeer, Submission } from '../peers/microsoft.ts'
import { nodeSeat } from './mail-seats.ts'
import type { OpenSeat } from './mail-seats.ts'
import { standTokensOn, startTokenStage, warmToken } from './token-stand.ts'
import type { TokenStage } from './token-stand.ts'

const open: { close(): Promise<void> }[] = []
after(() => Promise.all(open.map((one) => one.close())))
const kept = <T extends { close(): Promise<void> }>(one: T): T => { open.push(one); return one }

const accessToken = exchangeJwt()
const run = async (manners: Parameters<typeof startSubmission>[0] = {}, values: Record<string, unknown> = {}, token = accessToken): Promise<{ web: MicrosoftPeer; server: Submission; answer: Answer }> => {
  const [web, server] = [kept(await startMicrosoft({ token: tokenFor(token) })), kept(await startSubmission({ accessToken: token, ...manners }))]
  return { web, server, answer: await checkOffice(web, server, values) }
}
const auth = ({ heard }: Submission): string[] => heard.filter((line) => line.startsWith('AUTH'))
const challenge = (text: string): string => Buffer.from(text).toString('base64')
/** A challenge, then whatever the client answers, then the refusal. */
const refusing = (text: string, last = '535 5.7.8 no') => async (talk: Conversation) => { await talk.say(`334 ${text}`); await talk.line(); await talk.say(last) }
const google = '{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'

describe('signing in with a token', { concurrency: 6 }, () => {
  test('req A066: the bytes are those of the facts: user, token, three times 0x01, on the AUTH line itself, once', async () => {
    const { server, web, answer } = await run()
    assert.equal(answer.verdict, 'passed', JSON.stringify(answer.ended))
    assert.deepEqual(auth(server), [`AUTH XOAUTH2 ${Buffer.concat([Buffer.from(`user=${mailbox}`), Buffer.of(1), Buffer.from(`auth=Bearer ${accessToken}`), Buffer.of(1, 1)]).toString('base64')}`])
    assert.deepEqual(answer.rows['sign-in']?.evidence, { mechanism: 'XOAUTH2', user: mailbox })
    assert.equal(web.to('token').length, 1)
    assert.equal(server.mail.list().length, 1)
  })

  test('req A066: the example of the facts, letter by letter', async () => {
    const { server } = await run({ user: 'gateway@example.com' }, { account: 'gateway@example.com' }, 'TOKEN')
    assert.deepEqual(auth(server), ['AUTH XOAUTH2 dXNlcj1nYXRld2F5QGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIFRPS0VOAQE='])
  })

  test('req X4: the mailbox that signs in and From are two addresses', async () => {
    const { server, answer } = await run({ user: 'gateway@contoso.example' }, { account: 'gateway@contoso.example', from: 'alerts@contoso.example' })
    assert.deepEqual([answer.verdict, answer.rows['sign-in']?.evidence?.user, answer.rows.sender?.evidence?.address], ['passed', 'gateway@contoso.example', 'alerts@contoso.example'])
    assert.equal(server.mail.list()[0]?.envelope.from, 'alerts@contoso.example')
  })

  test('fault F45 [node]: a refusal with a challenge is answered by an empty line, and told with its scope', async () => {
    const { server, answer } = await run({ on: { AUTH: refusing(challenge(google), '535-5.7.8 Username and Password not accepted.\n535 5.7.8 Learn more') } })
    const { finding } = answer.rows['sign-in']!
    assert.deepEqual([answer.verdict, answer.ended?.id, finding?.code], ['failed', 'sign-in', 'smtp.auth.token-refused'])
    assert.match(finding!.said!, /\{"status":"400","schemes":"Bearer","scope":"https:\/\/mail\.google\.com\/"\}/)
    assert.match(finding!.said!, /535 5\.7\.8 Learn more/)
    assert.match(finding!.cause, /The server wants a token for https:\/\/mail\.google\.com\/\./)
    assert.equal(server.heard[server.heard.findIndex((line) => line.startsWith('AUTH')) + 1], '')
    assert.equal(auth(server).length, 1, 'one attempt')
  })

  test('threat T10: a server that gives the token, or a part of it, as the scope it wants is not quoted', async () => {
    for (const scope of [`user=${mailbox}\x01auth=Bearer ${accessToken}`, accessToken, accessToken.slice(100, 180), accessToken.slice(-20), 'openid'.repeat(5)]) {
      const { answer } = await run({ on: { AUTH: refusing(challenge(JSON.stringify({ status: '400', scope }))) } })
      assert.equal(answer.ended?.id, 'sign-in')
      assert.doesNotMatch(answer.ended!.finding!.cause, /wants a token for/)
      for (let at = 0; at + 8 <= accessToken.length; at += 1) assert.ok(!answer.ended!.finding!.cause.includes(accessToken.slice(at, at + 8)))
    }
  })

  test('fault F45 [node]: only 235 is a sign-in: a server that says yes to whatever comes has not looked', async () => {
    for (const said of ['250 2.0.0 Ok', '200 yes', '220 go on', '251 will forward']) {
      const { server, answer } = await run({ on: { AUTH: (talk: Conversation) => talk.say(said) } })
      assert.deepEqual([answer.verdict, answer.ended?.id, answer.ended?.finding?.code], ['failed', 'sign-in', 'smtp.reply.protocol'], said)
      assert.deepEqual(server.heard.filter((line) => line.startsWith('MAIL')), [])
    }
  })

  test('fault F39 and F45 [node]: Exchange refuses at once, without a challenge', async () => {
    for (const [said, id, code] of [
      ['535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.', 'smtp-5.7.139-tenant', 'smtp.auth.disabled'],
      ['535 5.7.3 Authentication unsuccessful [AM0PR02CA0001.eurprd02.prod.outlook.com 2026-11-20T09:10:11.123Z 08DE1]', 'smtp-5.7.3-oauth', 'smtp.auth.token-refused'],
    ] as const) {
      const { server, answer } = await run({ on: { AUTH: said } })
      assert.deepEqual([answer.ended?.id, answer.code], ['sign-in', code])
      assert.equal(answer.finding?.id, id)
      assert.ok(answer.finding?.step, 'a step of the guide')
      assert.equal(auth(server).length, 1)
    }
  })

  for (const offer of [['AUTH LOGIN PLAIN'], ['AUTH PLAIN LOGIN CRAM-MD5 OAUTHBEARER'], ['PIPELINING']]) {
    test(`fault F40 and F41 [node]: a server that offers ${offer.join()} and no XOAUTH2 never gets the token`, async () => {
      const { server, answer } = await run({ secure: offer })
      assert.deepEqual([answer.verdict, answer.ended?.id, answer.code], ['failed', 'sign-in', 'smtp.auth.no-xoauth2'])
      assert.deepEqual(auth(server), [])
      assert.match(`${answer.finding?.title} ${answer.finding?.cause}`, /XOAUTH2/)
    })
  }

  test('a server that offers PLAIN and LOGIN besides gets the token as a token only', async () => {
    const { server, answer } = await run({ secure: ['AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2'] })
    assert.equal(answer.verdict, 'passed')
    assert.deepEqual(auth(server).map((line) => line.split(' ')[1]), ['XOAUTH2'])
  })

  test('threat T23: without STARTTLS no token is asked for, and none is sent', async () => {
    const { web, server, answer } = await run({ plain: ['AUTH XOAUTH2'] })
    assert.deepEqual([answer.ended?.id, answer.code], ['encryption', 'tls.unavailable'])
    assert.deepEqual([auth(server), web.to('token').length], [[], 0])
  })

  test('fault F66 [node]: the tenant’s metadata is down, the token endpoint is not: the run passes', async () => {
    const [web, server] = [kept(await startMicrosoft({ discovery: json(503, {}), token: tokenFor(accessToken) })), kept(await startSubmission({ accessToken }))]
    const answer = await checkOffice(web, server)
    assert.deepEqual([answer.rows.tenant?.status, answer.verdict], ['unproven', 'passed'])
    assert.equal(web.to('token')[0]?.path, `/${tenantId}/oauth2/v2.0/token`)
  })
})

let stage: TokenStage
let seat: OpenSeat
before(async () => {
  stage = await startTokenStage()
  seat = nodeSeat([stage.cloud])
  await warmToken(seat, stage)
})
after(async () => { await Promise.all([seat?.close(), stage?.close()]) })

standTokensOn('node', () => seat, () => stage)
