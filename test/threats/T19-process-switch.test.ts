// A variable of Node's turns certificate checks off for a whole process. An operator may have set it for something else.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { makeCertificates } from '../peers/certificates.ts'

const adapter = (name: string): string => new URL(`../../packages/bff/src/adapters/node/${name}.ts`, import.meta.url).href

/** Asks from a process of its own, in which the variable is set as it starts; prints the status, or the code of the error. */
const asked = async (port: number, call: string): Promise<string> => {
  const program = `const port = ${port}; const answer = await (async () => { ${call} })().catch((error) => error.code); process.stdout.write(String(answer))`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 })
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => { said += bytes.toString() })
  await once(child, 'close')
  return said
}

test('threat T19: the switch is off here, whatever the environment says', async (t) => {
  const { unknownCa } = await makeCertificates()
  let heard = 0
  const server = https.createServer({ cert: unknownCa.cert, key: unknownCa.key }, (_, response) => { heard += 1; response.end('{}') })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => { server.closeAllConnections(); server.close() })
  const { port } = server.address() as AddressInfo
  const ours = `const { requestHttps } = await import('${adapter('https')}'); return (await requestHttps({ host: 'localhost', address: '127.0.0.1', port }, { method: 'POST', url: new URL('https://localhost:' + port), body: 'client_secret=canary' }, 1000, AbortSignal.timeout(5000))).status`
  assert.equal(await asked(port, ours), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  const mail = `const { openSocket } = await import('${adapter('socket')}'); const socket = await openSocket({ host: 'localhost', address: '127.0.0.1', port }, AbortSignal.timeout(5000)); return (await socket.startTls({ host: 'localhost', minVersion: '1.2' })).facts.verified`
  assert.equal(await asked(port, mail), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  assert.equal(heard, 0)
  // The same without our code gets through, so the test could have failed.
  assert.equal(await asked(port, "const { get } = await import('node:https'); return new Promise((resolve, reject) => get({ host: '127.0.0.1', port }, ({ statusCode }) => resolve(statusCode)).on('error', reject))"), '200')
  assert.equal(heard, 1)
})
