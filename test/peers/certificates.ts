// Certificates nobody should accept, and some that must pass, made at run time.
import { makeCertificates } from '../../demo/sandbox/certificates.ts'
import type { Certificate } from '../../demo/sandbox/certificates.ts'
import * as x509 from '@peculiar/x509'

export { makeCertificates }
export type { Certificate }

const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000
const inDays = (days: number): Date => new Date(Date.now() + days * day)

export interface Authority {
  readonly pem: string
  readonly certificate: x509.X509Certificate
  readonly keys: CryptoKeyPair
}

export const makeAuthority = async (name = 'Authority of a test'): Promise<Authority> => {
  const keys = await crypto.subtle.generateKey(ec, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`, keys, signingAlgorithm: ec, notBefore: inDays(-30), notAfter: inDays(3650),
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  })
  return { pem: certificate.toString('pem'), certificate, keys }
}

export interface Leaf {
  readonly subject?: string
  readonly names?: readonly x509.JsonGeneralName[]
  readonly serialNumber?: string
  readonly from?: Date
  readonly until?: Date
  /** Bits of an RSA key instead of an elliptic one. */
  readonly rsa?: number
  /** Extended key usage; a mail server's is `serverAuth`. */
  readonly usage?: string
}

const keysFor = ({ rsa }: Leaf): Promise<CryptoKeyPair> => rsa
  ? crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: rsa, publicExponent: Uint8Array.of(1, 0, 1) }, true, ['sign', 'verify'])
  : crypto.subtle.generateKey(ec, true, ['sign', 'verify'])

export const localNames: readonly x509.JsonGeneralName[] = [{ type: 'dns', value: 'mail.demo.test' }, { type: 'dns', value: 'localhost' }, { type: 'ip', value: '127.0.0.1' }]

export const issue = async (by: Authority, leaf: Leaf = {}): Promise<Certificate> => {
  const keys = await keysFor(leaf)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: leaf.subject ?? 'CN=mail.demo.test', issuer: by.certificate.subject, publicKey: keys.publicKey, signingKey: by.keys.privateKey, signingAlgorithm: ec,
    notBefore: leaf.from ?? inDays(-1), notAfter: leaf.until ?? inDays(90), ...(leaf.serialNumber && { serialNumber: leaf.serialNumber }),
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.ExtendedKeyUsageExtension([leaf.usage ?? x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...leaf.names ?? localNames]),
    ],
  })
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { cert: certificate.toString('pem'), key }
}

/** Changes bytes of a certificate that was signed already: what a server may send that no authority ever issued. */
export const forged = ({ cert, key }: Certificate, change: (der: Buffer) => Buffer): Certificate =>
  ({ cert: x509.PemConverter.encode(Uint8Array.from(change(Buffer.from(x509.PemConverter.decodeFirst(cert)))), 'CERTIFICATE'), key })
