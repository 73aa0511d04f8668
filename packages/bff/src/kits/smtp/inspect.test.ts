import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import { inspection } from './inspect.ts'

test('the command names host and port, the way encryption begins, and what the certificate must carry', () => {
  assert.equal(inspection({ host: 'smtp.acme.example', port: 587, starttls: true }), "echo Q | openssl s_client -brief -connect 'smtp.acme.example:587' -starttls smtp -servername 'smtp.acme.example' -verify_hostname 'smtp.acme.example' -verify_return_error")
  assert.equal(inspection({ host: '192.0.2.1', port: 465 }), "echo Q | openssl s_client -brief -connect '192.0.2.1:465' -verify_ip '192.0.2.1' -verify_return_error")
  assert.equal(inspection({ host: '2001:db8::1', port: 465 }), "echo Q | openssl s_client -brief -connect '[2001:db8::1]:465' -verify_ip '2001:db8::1' -verify_return_error")
})

for (const host of ["a'; touch /tmp/x; '", 'a b', '$(id)', 'a\nb', '`id`', 'a"b', '']) {
  test(`threat T29: nothing that a shell could run gets into the command: ${JSON.stringify(host)}`, () => assert.equal(inspection({ host, port: 25 }), undefined))
}

test('the command is one that openssl and a shell take: it reaches the server and says STARTTLS', async () => {
  const heard: string[] = []
  const server = net.createServer((socket) => {
    socket.on('error', () => {}).write('220 peer.test\r\n')
    socket.on('data', (bytes: Buffer) => {
      heard.push(bytes.toString())
      if (/^EHLO/.test(bytes.toString())) socket.write('250-peer.test\r\n250 STARTTLS\r\n')
      else socket.end('454 not now\r\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const child = spawn('sh', ['-c', inspection({ host: '127.0.0.1', port: (server.address() as net.AddressInfo).port, starttls: true })!], { timeout: 10_000, stdio: 'ignore' })
  await once(child, 'close')
  server.close()
  assert.ok(heard.some((text) => text.startsWith('STARTTLS')), heard.join('|'))
})
