import './reflect.ts'
import tls from 'node:tls'
import * as x509 from '@peculiar/x509'

/** A chain (leaf first) and its private key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Everything a mail server of the sandbox may show, made when the process starts and never written down. */
export interface Certificates {
  /** The authority whose leaves are to be trusted, PEM. Hand it to `trust`, or paste it as a gateway's own authority. */
  readonly ca: string
  /** The authority nobody trusts, PEM: pasted as a gateway's own authority it makes `unknownCa` pass. */
  readonly privateCa: string
  readonly good: Certificate
  readonly expired: Certificate
  readonly notYetValid: Certificate
  readonly wrongName: Certificate
  readonly selfSigned: Certificate
  readonly unknownCa: Certificate
}

export type CertificateName = Exclude<keyof Certificates, 'ca' | 'privateCa'>

/** Names the good certificates carry. */
export const names: readonly x509.JsonGeneralName[] = [
  { type: 'dns', value: 'mail.demo.test' },
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
]

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000
const inDays = (days: number): Date => new Date(Date.now() + days * day)
const newKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const pemOf = async (key: CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')

interface Authority {
  readonly certificate: x509.X509Certificate
  readonly keys: CryptoKeyPair
}

const authority = async (name: string): Promise<Authority> => {
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`, keys, signingAlgorithm: algorithm, notBefore: inDays(-30), notAfter: inDays(3650),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate, keys }
}

interface Leaf {
  readonly names?: readonly x509.JsonGeneralName[]
  /** Days from now. */
  readonly from?: number
  readonly until?: number
}

const leafExtensions = (wanted: readonly x509.JsonGeneralName[]): x509.Extension[] => [
  new x509.BasicConstraintsExtension(false),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
  new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
  new x509.SubjectAlternativeNameExtension([...wanted]),
]

const issue = async (issuer: Authority, leaf: Leaf = {}): Promise<Certificate> => {
  const keys = await newKeys()
  const wanted = leaf.names ?? names
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${wanted[0]!.value}`, issuer: issuer.certificate.subject,
    publicKey: keys.publicKey, signingKey: issuer.keys.privateKey, signingAlgorithm: algorithm,
    notBefore: inDays(leaf.from ?? -1), notAfter: inDays(leaf.until ?? 90),
    extensions: [...leafExtensions(wanted), await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey)],
  })
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

const selfSigned = async (): Promise<Certificate> => {
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost', keys, signingAlgorithm: algorithm, notBefore: inDays(-1), notAfter: inDays(90),
    extensions: leafExtensions(names),
  })
  return { cert: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** Makes one authority to trust, one nobody trusts, and the leaves of both (EC P-256, a few milliseconds). */
export const makeCertificates = async (): Promise<Certificates> => {
  const [ours, foreign] = await Promise.all([authority('Demo mail authority'), authority('Authority nobody knows')])
  const [good, expired, notYetValid, wrongName, own, unknownCa] = await Promise.all([
    issue(ours),
    issue(ours, { from: -120, until: -17 }),
    issue(ours, { from: 12, until: 102 }),
    issue(ours, { names: [{ type: 'dns', value: 'mail.other-company.test' }] }),
    selfSigned(),
    issue(foreign),
  ])
  const [ca, privateCa] = [ours, foreign].map(({ certificate }) => certificate.toString('pem')) as [string, string]
  return { ca, privateCa, good, expired, notYetValid, wrongName, selfSigned: own, unknownCa }
}

/** Trusts an authority besides the usual ones, for this process only. Verification stays on everywhere. */
export const trust = (ca: string): void => tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])
