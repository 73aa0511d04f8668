// The package brings no types; these are the parts the peer uses.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface TokenContext {
    readonly oidc: { readonly params?: Readonly<Record<string, unknown>> }
  }
  export interface IssuedToken {
    readonly aud: string | readonly string[]
    readonly clientId: string
  }
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    on(event: 'server_error' | 'grant.error', listener: (context: unknown, error: Error & { readonly error_detail?: string }) => void): this
  }
  export const errors: { readonly InvalidTarget: new () => Error }
}
