// A server of node:net that plays a script and remembers what it saw. It runs outside, never in the runtime under test.
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import tls from 'node:tls'
import type { Certificates } from '../../demo/sandbox/certificates.ts'
import type { Act, Seen, Shown } from './world.ts'

const kept = 200_000
const certificateFor: Readonly<Record<Shown, Exclude<keyof Certificates, 'ca' | 'privateCa'>>> =
  { good: 'good', private: 'unknownCa', wrongName: 'wrongName', expired: 'expired', notYetValid: 'notYetValid', selfSigned: 'selfSigned' }

/** What OpenSSL has to be told before it speaks what nobody should accept. */
const old = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const

/** One client, and what is known of it. */
export class Client {
  #socket: net.Socket
  #state: Seen['state'] = 'open'
  #bytes = 0
  #heard = ''
  #unread = ''
  #handshake: string | undefined
  readonly #raw: net.Socket

  constructor(socket: net.Socket) {
    this.#raw = this.#socket = socket
    this.#watch(socket)
  }

  get seen(): Seen {
    return { state: this.#state, bytes: this.#bytes, heard: this.#heard, ...(this.#handshake && { handshake: this.#handshake }) }
  }

  async play(script: readonly Act[], certificates: Certificates): Promise<void> {
    for (const act of script) await this.#do(act, certificates)
    while (await this.#chunk()) { /* listens */ }
    this.#socket.end()
  }

  leave(): void { this.#raw.destroy() }

  #watch(socket: net.Socket): void {
    const over = (state: Seen['state']) => () => { if (this.#state === 'open') this.#state = state }
    socket.on('end', over('ended')).on('error', over('reset')).on('close', over('reset'))
  }

  async #do(act: Act, certificates: Certificates): Promise<unknown> {
    if ('say' in act) return this.#send(Buffer.from(act.say))
    if ('hear' in act) return this.#hear(act.hear)
    if ('wait' in act) return wait(act.wait)
    if ('flood' in act) return this.#flood(act.flood)
    if ('echo' in act) return this.#echo()
    if ('end' in act) return this.#socket.end()
    if ('reset' in act) return this.#raw.resetAndDestroy()
    return this.#encrypt(certificates[certificateFor[act.tls]], act.most)
  }

  async #send(bytes: Uint8Array): Promise<void> {
    if (this.#raw.destroyed || this.#socket.write(bytes)) return
    await Promise.race([once(this.#socket, 'drain'), once(this.#raw, 'close')]).catch(() => {})
  }

  async #flood(size: number): Promise<void> {
    for (let at = 0; at < size && !this.#raw.destroyed; at += 65_536) {
      await this.#send(Uint8Array.from({ length: Math.min(65_536, size - at) }, (_, n) => (at + n) % 251))
    }
  }

  async #echo(): Promise<void> {
    for (let chunk = await this.#chunk(); chunk; chunk = await this.#chunk()) await this.#send(chunk)
  }

  async #hear(text: string): Promise<void> {
    for (;;) {
      const at = this.#unread.indexOf(text)
      if (at >= 0) { this.#unread = this.#unread.slice(at + text.length); return }
      if (!await this.#chunk()) return
    }
  }

  async #encrypt(certificate: { readonly cert: string; readonly key: string }, most: '1.1' | '1.2' | '1.3' = '1.3'): Promise<void> {
    const secure = new tls.TLSSocket(this.#raw, { isServer: true, secureContext: tls.createSecureContext({ ...certificate, maxVersion: `TLSv${most}`, ...(most === '1.1' && old) }) })
    this.#watch(secure)
    secure.on('error', (error: NodeJS.ErrnoException) => { this.#handshake ??= error.code ?? error.message })
    this.#socket = secure
    // Without being read it would not hear the client leave.
    secure.read(0)
    await Promise.race(['secure', 'end', 'close'].map((name) => once(secure, name))).catch(() => {})
  }

  async #chunk(): Promise<Buffer | null> {
    for (;;) {
      const chunk = this.#socket.read() as Buffer | null
      if (chunk) return this.#note(chunk)
      if (this.#socket.readableEnded || this.#socket.destroyed || this.#raw.destroyed) return null
      const over = new AbortController()
      await Promise.race(['readable', 'end', 'close'].map((name) => once(this.#socket, name, { signal: over.signal }))).catch(() => {})
      over.abort()
    }
  }

  #note(chunk: Buffer): Buffer {
    this.#bytes += chunk.length
    const text = chunk.toString('latin1')
    this.#unread = (this.#unread + text).slice(-kept)
    if (this.#heard.length < kept) this.#heard += text
    return chunk
  }
}
