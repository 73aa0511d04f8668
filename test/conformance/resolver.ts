// A resolver over HTTPS (application/dns-json) that knows a handful of names. It runs outside.
import type { Certificate } from '../../demo/sandbox/certificates.ts'
import { serveHttps } from '../../demo/sandbox/microsoft/https-server.ts'

const records: Readonly<Record<string, Readonly<Record<string, readonly { readonly type: number; readonly data: string }[]>>>> = {
  'both.test': { A: [{ type: 1, data: '192.0.2.1' }, { type: 1, data: '192.0.2.2' }], AAAA: [{ type: 28, data: '2001:db8::1' }] },
  'alias.test': { A: [{ type: 5, data: 'both.test.' }, { type: 1, data: '192.0.2.1' }], AAAA: [{ type: 5, data: 'both.test.' }] },
  'bare.test': {},
}

/** `missing.test` does not exist, `broken.test` cannot be answered, `silent.test` never is. */
export const startResolver = async (certificate: Certificate): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const { port, close } = await serveHttps(certificate, (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'https://localhost')
    const [name, type] = [searchParams.get('name') ?? '', searchParams.get('type') ?? '']
    if (name === 'silent.test') return
    if (name === 'broken.test') { response.writeHead(503).end('not now'); return }
    const known = records[name]
    response.writeHead(200, { 'content-type': 'application/dns-json' })
    response.end(JSON.stringify({ Status: known ? 0 : 3, ...(known && { Answer: known[type] }) }))
  })
  return { url: `https://localhost:${port}/dns-query`, close }
}
