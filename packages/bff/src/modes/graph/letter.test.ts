import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailLibrary } from '../../adapters/nodemailer/library.ts'
import type { Message } from '../../ports/ports.ts'
import { letterOf } from './letter.ts'

const message: Message = { from: { name: 'Ächme', address: 'noreply@contoso.example' }, to: ['ada@acme.example', 'bob@acme.example'], replyTo: 'desk@contoso.example', subject: 'Grüße', text: 'Hello.\n' }
const letter = async (change: Partial<Message> = {}, keepCopy = false) => {
  const composed = await mailLibrary.compose({ ...message, ...change })
  return { composed, ...letterOf({ ...message, ...change }, composed, { graph: 'https://graph.microsoft.com', keepCopy }) }
}

test('the request is Graph’s, letter by letter (learn.microsoft.com/graph/api/user-sendmail)', async () => {
  const { url, contentType, body, composed } = await letter()
  assert.equal(url.href, 'https://graph.microsoft.com/v1.0/users/noreply@contoso.example/sendMail')
  assert.equal(contentType, 'application/json')
  assert.deepEqual(JSON.parse(body), {
    message: {
      subject: 'Grüße',
      body: { contentType: 'text', content: 'Hello.\n' },
      from: { emailAddress: { name: 'Ächme', address: 'noreply@contoso.example' } },
      toRecipients: [{ emailAddress: { address: 'ada@acme.example' } }, { emailAddress: { address: 'bob@acme.example' } }],
      replyTo: [{ emailAddress: { address: 'desk@contoso.example' } }],
      internetMessageId: composed.messageId,
    },
    saveToSentItems: false,
  })
})

test('with a copy it is the message as it was composed, in base64 on one line', async () => {
  const { url, contentType, body, composed } = await letter({}, true)
  assert.deepEqual([url.pathname, contentType], ['/v1.0/users/noreply@contoso.example/sendMail', 'text/plain'])
  assert.match(body, /^[A-Za-z0-9+/]+={0,2}$/)
  assert.deepEqual(Buffer.from(body, 'base64'), Buffer.from(composed.bytes))
})

test('a long message survives the way into base64', async () => {
  const { body, composed } = await letter({ text: `${'long line of text \u{1f600} '.repeat(4000)}\n` }, true)
  assert.deepEqual(Buffer.from(body, 'base64'), Buffer.from(composed.bytes))
})

test('another mailbox sends for a From that has none of its own', async () => {
  const { url, body } = await letter({ envelopeFrom: 'gateway@contoso.example' })
  assert.equal(url.pathname, '/v1.0/users/gateway@contoso.example/sendMail')
  assert.equal((JSON.parse(body) as { message: { from: { emailAddress: { address: string } } } }).message.from.emailAddress.address, 'noreply@contoso.example')
})

test('without a name or a reply address there is none', async () => {
  const { body } = await letterWith()
  const { message: sent } = JSON.parse(body) as { message: Record<string, unknown> }
  assert.deepEqual(sent.from, { emailAddress: { address: 'a@contoso.example' } })
  assert.equal('replyTo' in sent, false)
})
const letterWith = async () => {
  const plain: Message = { from: { address: 'a@contoso.example' }, to: ['b@acme.example'], subject: 's', text: 't\n' }
  return letterOf(plain, await mailLibrary.compose(plain), { graph: 'https://graph.microsoft.com', keepCopy: false })
}

test('threat T05: no address leaves its place in the path', async () => {
  for (const address of ["o'neil@contoso.example", 'a/../b@contoso.example', 'a?b=c@contoso.example', 'a#b@contoso.example', 'a%2fb@contoso.example', 'a+b@contoso.example']) {
    const { url } = letterOf({ ...message, from: { address } }, { bytes: new Uint8Array(), messageId: '<1@x>', envelope: { from: address, to: message.to } }, { graph: 'https://graph.microsoft.us', keepCopy: false })
    assert.equal(url.origin, 'https://graph.microsoft.us')
    assert.deepEqual([url.pathname.split('/').length, decodeURIComponent(url.pathname.split('/')[3]!), url.search, url.hash], [5, address, '', ''])
  }
})
