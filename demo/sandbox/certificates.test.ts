import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { before, test } from 'node:test'
import tls from 'node:tls'
import { makeCertificates } from './certificates.ts'
import type { CertificateName, Certificates } from './certificates.ts'

let certificates: Certificates
before(async () => { certificates = await makeCertificates() })

/** What a verifying client says to a certificate: an error's code, or `accepted`. */
const verdict = async (name: CertificateName, ca: string, host: string): Promise<string> => {
  const server = tls.createServer({ ...certificates[name] }).listen(0, '127.0.0.1')
  server.on('tlsClientError', () => {})
  await once(server, 'listening')
  const socket = tls.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ca, checkServerIdentity: (_, peer) => tls.checkServerIdentity(host, peer) })
  const said = await once(socket, 'secureConnect').then(() => 'accepted', (error: { code: string }) => error.code)
  socket.destroy()
  server.close()
  return said
}

for (const host of ['localhost', 'mail.demo.test', '127.0.0.1', '::1']) {
  test(`the good certificate is accepted for ${host}`, async () => {
    assert.equal(await verdict('good', certificates.ca, host), 'accepted')
  })
}

const refused: [CertificateName, string][] = [
  ['expired', 'CERT_HAS_EXPIRED'], ['notYetValid', 'CERT_NOT_YET_VALID'], ['wrongName', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'], ['unknownCa', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
]
for (const [name, code] of refused) {
  test(`the certificate ${name} is refused for its own reason`, async () => {
    assert.equal(await verdict(name, certificates.ca, 'localhost'), code)
  })
}

test('the private authority, once given, vouches for its own leaf', async () => {
  assert.equal(await verdict('unknownCa', certificates.privateCa, 'localhost'), 'accepted')
})
