import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Evidence } from '@mail-gateway/contract'
import { en } from '../strings/en.ts'
import { wordsIn } from '../strings/words.ts'
import { evidenceText } from './evidence.ts'

const told: readonly (readonly [Evidence, string])[] = [
  [{ tenantId: '8d1f0c4e', cloud: 'Global', region: 'EU' }, 'tenantId 8d1f0c4e · Global · EU'],
  [{ audience: 'https://service.example', expiresIn: 3599 }, 'https://service.example · 60 minutes'],
  [{ roles: ['Send', 'Read'], tenantId: 'acme.example', appId: 'a31c84d2' }, 'Send, Read · tenantId acme.example'],
  [{ roles: [], appId: 'a31c84d2' }, ''],
  [{ requestId: '6f2', messageId: '<1@acme.example>', renewed: true }, ''],
  [{ address: '127.0.0.1', port: 587 }, '127.0.0.1:587'],
  [{ protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', subject: 'CN=x', issuer: 'CN=y', validTo: '2027-01-01T00:00:00Z', daysLeft: 41 }, 'TLS 1.3 · certificate 41 days'],
  [{ auth: ['PLAIN', 'XOAUTH2'], size: 36_700_160, starttls: true, pipelining: true }, 'AUTH PLAIN XOAUTH2 · 35 MB · STARTTLS'],
  [{ settings: 11 }, '11 values'],
  [{ verified: true }, 'Verified'],
  [{ novelty: 'yes' }, 'novelty yes'],
]

for (const [evidence, text] of told) {
  test(`evidence is told to people: ${Object.keys(evidence).join(', ')}`, () => assert.equal(evidenceText(evidence, wordsIn('en', en)), text))
}
