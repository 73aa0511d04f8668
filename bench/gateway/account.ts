import { createHash, randomBytes } from 'node:crypto'
import type { Draft } from '@mail-gateway/contract'
import type { TokenHolder } from '@mail-gateway/bff'

/** Where the routes are, seen from outside; nothing listens there while the gateway is called inside the process. */
export const [baseURL, basePath] = ['http://127.0.0.1', '/api/mail-gateway']

export const newKey = (): string => `1:${randomBytes(32).toString('base64')}`

/** A program that may read and write, as the token file of `mail-gateway serve` names it. */
export const newHolder = (): { readonly token: string; readonly holder: TokenHolder } => {
  const token = randomBytes(24).toString('base64url')
  return { token, holder: { sha256: createHash('sha256').update(token).digest('hex'), subject: 'bench', name: 'Bench', tenant: 'acme', rights: ['read', 'write'] } }
}

/** Headers of a call by our own page with that token. */
export const headersFor = (token: string): Record<string, string> =>
  ({ authorization: `Bearer ${token}`, origin: baseURL, 'content-type': 'application/json', 'x-mail-gateway': '1' })

/** A complete gateway as the form would save it, with a password of its own. */
export const draft = (n: number): Draft => ({
  name: `Gateway ${n}`, mode: 'smtp',
  settings: {
    host: `mail${n}.acme.example`, port: 587, security: 'starttls', authentication: 'password', username: 'mailer@acme.example',
    from: 'noreply@acme.example', fromName: 'Acme', replyTo: 'help@acme.example', signature: 'Acme\nIT department', timeout: 30,
  },
  secrets: { password: { value: randomBytes(12).toString('base64url') } },
})

/** How many gateways the list holds. */
export const listed = 20
