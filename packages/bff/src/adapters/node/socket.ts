import { X509Certificate } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import type { RawSocket, Target, TlsFacts, TlsOptions } from '../../ports/ports.ts'

/**
 * A TCP connection to the vetted literal. Keep-alive and delays are left to the caller's deadlines.
 * @throws the system's error with its `code`; the signal's reason
 */
export const openSocket = (target: Target, signal: AbortSignal): Promise<RawSocket> => new Promise((resolve, reject) => {
  // A signal that is aborted already tells nobody again.
  signal.throwIfAborted()
  const socket = net.connect({ host: target.address, port: target.port, noDelay: true })
  const abandon = () => { socket.destroy(); reject(signal.reason as Error) }
  signal.addEventListener('abort', abandon, { once: true })
  const settled = () => { signal.removeEventListener('abort', abandon); socket.off('error', failed) }
  const failed = (error: Error) => { settled(); reject(error) }
  socket.once('error', failed)
  socket.once('connect', () => { settled(); resolve(new NodeSocket(socket)) })
})

class NodeSocket implements RawSocket {
  readonly #socket: net.Socket
  #error: Error | undefined

  constructor(socket: net.Socket) {
    this.#socket = socket
    // Without a listener an error that arrives between two reads would end the process.
    socket.on('error', (error) => { this.#error = error })
  }

  read(): Promise<Uint8Array | null> {
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      const stop = () => { for (const name of ['readable', 'end', 'close'] as const) socket.off(name, look) }
      const look = () => {
        const chunk = socket.read() as Buffer | null
        if (chunk === null && !socket.readableEnded && !socket.destroyed) return
        stop()
        if (chunk) resolve(chunk)
        else if (this.#error) reject(this.#error)
        else resolve(null)
      }
      for (const name of ['readable', 'end', 'close'] as const) socket.on(name, look)
      look()
    })
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => this.#socket.write(bytes, (error) => (error ? reject(error) : resolve())))
  }

  startTls(options: TlsOptions): Promise<{ socket: RawSocket; facts: TlsFacts }> {
    // Bytes already here came in clear, after the server agreed to encrypt: nobody honest sends them.
    if (this.#socket.readableLength > 0) return Promise.reject(coded('bytes before the handshake', 'MGS_INJECTION'))
    return handshake(this.#socket, options)
  }

  destroy(): void { this.#socket.destroy() }
}

const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code })

const handshake = (plain: net.Socket, { host, ca, minVersion }: TlsOptions): Promise<{ socket: RawSocket; facts: TlsFacts }> =>
  new Promise((resolve, reject) => {
    const secure = tls.connect({
      socket: plain, host, minVersion: `TLSv${minVersion}`,
      // Said aloud: a variable of Node's could switch it off for the whole process.
      rejectUnauthorized: true,
      ...(net.isIP(host) === 0 && { servername: host }),
      ...(ca && { secureContext: contextWith(ca, minVersion) }),
    })
    let certificate: Certificate | undefined
    // Fires before verification is judged: the only moment a refused certificate can be read.
    secure.prependOnceListener('secure', () => { certificate = certificateOf(secure) })
    const failed = (error: Error) => { plain.destroy(); reject(Object.assign(error, { certificate })) }
    secure.once('error', failed)
    secure.once('secureConnect', () => {
      secure.off('error', failed)
      resolve({ socket: new NodeSocket(secure), facts: factsOf(secure, certificate) })
    })
    secure.once('close', () => reject(coded('connection closed during the handshake', 'ECONNRESET')))
  })

/** The usual roots and the gateway's own authorities; the usual roots include NODE_EXTRA_CA_CERTS. */
const contextWith = (ca: string, minVersion: TlsOptions['minVersion']): tls.SecureContext => {
  const own = ca.split(/(?<=-----END CERTIFICATE-----)\s*/).filter(Boolean)
  try {
    // A context passes over what it cannot read, without a word.
    for (const certificate of own) new X509Certificate(certificate)
    return tls.createSecureContext({ ca: [...tls.getCACertificates('default'), ...own], minVersion: `TLSv${minVersion}` })
  } catch {
    throw coded('the certificate authority cannot be read', 'MGS_CA_UNREADABLE')
  }
}

type Certificate = Omit<TlsFacts, 'verified' | 'protocol' | 'cipher'> & { readonly validFrom?: string; readonly names?: string }

const certificateOf = (secure: tls.TLSSocket): Certificate | undefined => {
  const peer = secure.getPeerCertificate()
  if (!peer?.raw) return undefined
  return {
    ...text('subject', peer.subject?.CN ?? peer.subjectaltname?.split(', ')[0]?.replace(/^[^:]*:/, '')),
    ...text('issuer', peer.issuer?.CN ?? peer.issuer?.O),
    ...text('names', peer.subjectaltname?.replace(/(?:DNS|IP Address):/g, '')),
    ...text('validFrom', isoDate(peer.valid_from)),
    ...text('validTo', isoDate(peer.valid_to)),
  }
}

/** A certificate may carry a date that is none; it must not end the process that reads it. */
const isoDate = (text: string): string | undefined => {
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

const text = (name: string, value: string | string[] | undefined): Record<string, string> => (value ? { [name]: [value].flat().join(', ').slice(0, 256) } : {})

const factsOf = (secure: tls.TLSSocket, certificate: Certificate | undefined): TlsFacts => {
  const { subject, issuer, validTo } = certificate ?? {}
  return {
    verified: true,
    protocol: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().standardName,
    ...(subject && { subject }), ...(issuer && { issuer }), ...(validTo && { validTo }),
  }
}
