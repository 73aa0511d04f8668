import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMailGateway } from '../../gateway.ts'
import { memoryPorts } from '../../memory.ts'
import { mailLibrary } from '../nodemailer/library.ts'
import { memoryNetwork } from './network.ts'
import type { Talk } from './network.ts'

const never = new AbortController().signal

test('names and listeners that are not in the script fail with the codes of a real network', async () => {
  const network = memoryNetwork({ names: { 'a.example': ['192.0.2.1', '2001:db8::1'] } })
  assert.deepEqual(await network.lookup('a.example', never), [{ address: '192.0.2.1', family: 4 }, { address: '2001:db8::1', family: 6 }])
  assert.deepEqual(await network.lookup('192.0.2.9', never), [{ address: '192.0.2.9', family: 4 }])
  await assert.rejects(network.lookup('b.example', never), { code: 'ENOTFOUND' })
  await assert.rejects(network.connect({ host: 'a.example', address: '192.0.2.1', port: 25 }, never), { code: 'ECONNREFUSED' })
})

test('what one side says the other hears, in order, until somebody hangs up', async () => {
  const heard: (string | null)[] = []
  const network = memoryNetwork({ peers: { '192.0.2.1:25': async (talk) => { talk.say('220 hi\r\n'); heard.push(await talk.line(), await talk.line(), await talk.line()) } } })
  const socket = await network.connect({ host: 'a', address: '192.0.2.1', port: 25 }, never)
  assert.equal(new TextDecoder().decode((await socket.read())!), '220 hi\r\n')
  await socket.write(new TextEncoder().encode('EHLO x\r\nMA'))
  await socket.write(new TextEncoder().encode('IL\n'))
  socket.destroy()
  socket.destroy()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(heard, ['EHLO x', 'MAIL', null])
  assert.equal(await socket.read(), null)
})

/** A mail server of a few lines: takes everything. */
const postOffice = (mails: string[]) => async (talk: Talk): Promise<void> => {
  talk.say('220 mx.acme.example\r\n')
  for (let line = await talk.line(); line !== null; line = await talk.line()) {
    if (/^EHLO/i.test(line)) talk.say('250-mx.acme.example\r\n250 SIZE 1000000\r\n')
    else if (/^DATA/i.test(line)) {
      talk.say('354 go on\r\n')
      const text: string[] = []
      for (let part = await talk.line(); part !== null && part !== '.'; part = await talk.line()) text.push(part)
      mails.push(text.join('\n'))
      talk.say('250 2.0.0 kept\r\n')
    } else talk.say('250 2.0.0 ok\r\n')
  }
}

test('a whole gateway lives in memory: a message is checked and delivered, and no packet leaves', async () => {
  const mails: string[] = []
  const gateway = createMailGateway({
    ports: memoryPorts({ mail: mailLibrary, names: { 'mx.acme.example': ['93.184.215.14'] }, peers: { '93.184.215.14:25': postOffice(mails) } }),
    authorize: () => ({ subject: 's', email: 'ada@acme.example', tenant: 't', rights: ['read', 'write', 'test'] }),
    baseURL: 'http://localhost', secrets: `1:${Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64')}`,
  })
  const response = await gateway.fetch(new Request('http://localhost/checks', {
    method: 'POST', headers: { origin: 'http://localhost', 'content-type': 'application/json', 'x-mail-gateway': '1' },
    body: JSON.stringify({ mode: 'smtp', settings: { host: 'mx.acme.example', port: 25, security: 'none', authentication: 'none', from: 'noreply@acme.example' }, until: 'delivery' }),
  }))
  assert.match(await response.text(), /"verdict":"passed"/)
  assert.equal(mails.length, 1)
  assert.match(mails[0]!, /^To: ada@acme\.example$/m)
  await gateway.close()
})
