/** The part of the Workers runtime that is used here (developers.cloudflare.com/workers/runtime-apis/tcp-sockets). */
declare module 'cloudflare:sockets' {
  interface SocketInfo {
    readonly remoteAddress?: string | null
  }
  interface Socket {
    readonly readable: ReadableStream<Uint8Array>
    readonly writable: WritableStream<Uint8Array>
    readonly opened: Promise<SocketInfo>
    readonly closed: Promise<void>
    close(): Promise<void>
    startTls(): Socket
  }
  export function connect(address: { hostname: string; port: number }, options: { secureTransport: 'off' | 'on' | 'starttls'; allowHalfOpen?: boolean }): Socket
}
