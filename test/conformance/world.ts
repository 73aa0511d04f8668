// The outside as a case sees it: servers that play a script, and somebody to ask what they saw. Runs in any runtime.

/** Certificates a server may show. `private` is `good` under an authority that only a gateway's own `ca` can make trusted. */
export type Shown = 'good' | 'private' | 'wrongName' | 'expired' | 'notYetValid' | 'selfSigned'

/** What a server does, one thing after the other; after the last one it listens until the client leaves. */
export type Act =
  | { readonly say: string }
  /** Waits until the client has said this. */
  | { readonly hear: string }
  /** Milliseconds in which nothing is read. */
  | { readonly wait: number }
  /** This many bytes, each the rest of its place divided by 251. */
  | { readonly flood: number }
  | { readonly tls: Shown; readonly most?: '1.1' | '1.2' | '1.3' }
  /** Sends back what comes. */
  | { readonly echo: true }
  /** Says that nothing more will come, and goes on listening. */
  | { readonly end: true }
  | { readonly reset: true }

/** One connection as the server saw it. */
export interface Seen {
  /** `ended`: the client said goodbye. `reset`: it was gone. */
  readonly state: 'open' | 'ended' | 'reset'
  readonly bytes: number
  /** What the client said, a character a byte, the first 200,000 of them; inside the encryption where there is one. */
  readonly heard: string
  /** Code of a handshake that failed, by the server's side. */
  readonly handshake?: string
}

export interface Peer {
  readonly port: number
  seen(): Promise<readonly Seen[]>
}

/** A message as the mail server took it. */
export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly user?: string
  /** A character a byte. */
  readonly source: string
}

export interface MailPeer extends Peer {
  mails(): Promise<readonly Mail[]>
}

/** Settings and secrets that work on one of the good servers, and the ports of all servers that have a part in it. */
export interface Typed {
  readonly mode: string
  readonly title: string
  readonly values: Readonly<Record<string, unknown>>
  readonly secrets: readonly string[]
  readonly smtp: readonly number[]
  readonly https: readonly number[]
}

export interface Facts {
  readonly privateCa: string
  readonly account: { readonly username: string; readonly password: string }
  readonly typed: readonly Typed[]
  /** JSON of the clouds in which Microsoft's modes have their servers. */
  readonly clouds: readonly unknown[]
  /** Text that stands in every token the services give out. */
  readonly marks: readonly string[]
  /** A port on which connections neither come about nor are refused. */
  readonly blackHole: number
  /** A port nobody listens on. */
  readonly closed: number
}

/** A server's traffic by its port, for servers that no script plays. */
export interface Traffic {
  readonly connections: number
  readonly open: number
  /** Method and path. */
  readonly requests: readonly string[]
}

export interface World {
  readonly facts: Facts
  peer(...script: readonly Act[]): Promise<Peer>
  /** A real mail server (npm `smtp-server`) behind a wire that is listened to. In clear, every mechanism offered. */
  mailServer(options?: { readonly pipelining?: boolean }): Promise<MailPeer>
  /** How many messages the good servers have taken so far. */
  delivered(): Promise<number>
  traffic(port: number): Promise<Traffic>
  /** Connections that are still open at any server a case has asked for since this was asked the last time, with what was said on them. */
  left(): Promise<readonly Seen[]>
  /** Milliseconds since 1970 by the clock outside. */
  now(): Promise<number>
  /** Lines of the adapter's log that hold this text. */
  logged(text: string): Promise<readonly string[]>
}

/** The world that answers at `url`. */
export const worldAt = async (url: string): Promise<World> => {
  const ask = async <T>(path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(path, url), body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`the outside answered ${path} with ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }
  const seenAt = (port: number) => () => ask<Seen[]>(`/seen/${port}`)
  return {
    facts: await ask('/facts'),
    async peer(...script) {
      const { port } = await ask<{ port: number }>('/peer', script)
      return { port, seen: seenAt(port) }
    },
    async mailServer(options = {}) {
      const { port } = await ask<{ port: number }>('/mail', options)
      return { port, seen: seenAt(port), mails: () => ask(`/mails/${port}`) }
    },
    delivered: () => ask('/delivered'),
    traffic: (port) => ask(`/traffic/${port}`),
    left: () => ask('/left'),
    now: () => ask('/now'),
    logged: (text) => ask('/logged', text),
  }
}
