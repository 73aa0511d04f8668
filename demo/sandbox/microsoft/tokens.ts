import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'

/** What an access token of an application says. Times are seconds since 1970. */
export interface TokenClaims {
  readonly aud: string
  readonly iss: string
  readonly tid: string
  readonly appid: string
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  /** Absent where no permission was granted. */
  readonly roles?: readonly string[]
  readonly [more: string]: unknown
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const decode = (part: string | undefined): unknown => {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
  } catch {
    return undefined
  }
}

/** Signs access tokens (JWT, RS256) and knows its own again. The key lives as long as the process. */
export class Signer {
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  readonly #kid = 'demo-key-1'

  sign(claims: TokenClaims): string {
    const text = `${encode({ typ: 'JWT', alg: 'RS256', kid: this.#kid })}.${encode(claims)}`
    return `${text}.${sign('sha256', Buffer.from(text), this.#keys.privateKey).toString('base64url')}`
  }

  /** The claims of a token this signer made, whatever their dates; undefined for anything else. */
  read(token: string): TokenClaims | undefined {
    const [head, body, signature, ...rest] = token.split('.')
    if (!head || !body || !signature || rest.length) return undefined
    if (!verify('sha256', Buffer.from(`${head}.${body}`), this.#keys.publicKey, Buffer.from(signature, 'base64url'))) return undefined
    return decode(body) as TokenClaims
  }

  /** Public half, as the key endpoint shows it (RFC 7517). */
  get jwks(): object {
    const { kty, n, e } = createPublicKey(this.#keys.privateKey).export({ format: 'jwk' })
    return { keys: [{ kty, use: 'sig', kid: this.#kid, alg: 'RS256', n, e }] }
  }
}
