import type { TlsOptions } from '../../ports/ports.ts'
import { cut, said } from '../../findings/said.ts'
import { SmtpFault } from './fault.ts'
import type { FaultCode, FaultFacts } from './fault.ts'

/** OpenSSL's and Node's names for what went wrong (nodejs.org/api/tls.html, X509 certificate error codes). */
const codes: Readonly<Record<string, FaultCode>> = {
  CERT_HAS_EXPIRED: 'tls.certificate.expired',
  CERT_NOT_YET_VALID: 'tls.certificate.not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls.certificate.name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls.certificate.self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls.certificate.private-ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls.certificate.chain',
  UNABLE_TO_GET_ISSUER_CERT: 'tls.certificate.chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls.certificate.chain',
  CERT_REVOKED: 'tls.certificate.untrusted',
  CERT_UNTRUSTED: 'tls.certificate.untrusted',
  CERT_REJECTED: 'tls.certificate.untrusted',
  CERT_SIGNATURE_FAILURE: 'tls.certificate.untrusted',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'tls.certificate.untrusted',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'tls.certificate.untrusted',
  INVALID_CA: 'tls.certificate.untrusted',
  INVALID_PURPOSE: 'tls.certificate.untrusted',
  EE_KEY_TOO_SMALL: 'tls.certificate.weak',
  CA_KEY_TOO_SMALL: 'tls.certificate.weak',
  CA_MD_TOO_WEAK: 'tls.certificate.weak',
  ERR_SSL_EE_KEY_TOO_SMALL: 'tls.certificate.weak',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls.plain-port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls.plain-port',
  ERR_SSL_HTTP_REQUEST: 'tls.plain-port',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'tls.version',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls.version',
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: 'tls.version',
  ERR_SSL_VERSION_TOO_LOW: 'tls.version',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'tls.cipher',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': 'tls.cipher',
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: 'tls.cipher',
  ERR_SSL_NO_SHARED_CIPHER: 'tls.cipher',
  ERR_SSL_NO_CIPHERS_AVAILABLE: 'tls.cipher',
  ERR_SSL_DH_KEY_TOO_SMALL: 'tls.cipher',
  ECONNRESET: 'tls.closed',
  EPIPE: 'tls.closed',
  MGS_TLS: 'tls.not-told',
  MGS_CA_UNREADABLE: 'tls.ca-unreadable',
  MGS_INJECTION: 'tls.injection',
}

interface Foreign extends Error {
  readonly code?: unknown
  readonly certificate?: FaultFacts['certificate']
}

/** The fault behind an error of the runtime's handshake. Only named scalar fields are taken from it. */
export const tlsFault = (error: unknown, { host, minVersion }: Pick<TlsOptions, 'host' | 'minVersion'>): unknown => {
  if (error instanceof SmtpFault || !(error instanceof Error)) return error
  const { code, certificate, message } = error as Foreign
  const cause = typeof code === 'string' ? code : ''
  return new SmtpFault(codeOf(cause, message), { host, least: minVersion, cause, text: message.slice(0, 512), ...(certificate && { certificate: inert(certificate) }) })
}

// Node has no name for what OpenSSL says of weak keys and digests.
const codeOf = (cause: string, message: string): FaultCode => {
  if (cause === 'UNSPECIFIED' && /too (weak|small)/.test(message)) return 'tls.certificate.weak'
  return codes[cause] ?? (cause.includes('_ALERT_') ? 'tls.alert' : 'tls.failed')
}

/** A certificate is the server's own text, and its names end up in sentences. */
const inert = (certificate: NonNullable<FaultFacts['certificate']>): NonNullable<FaultFacts['certificate']> =>
  Object.fromEntries(Object.entries(certificate).map(([name, value]) => [name, typeof value === 'string' ? cut(said(value), 256) : value]))
