import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clean } from './clean.ts'

const table: [how: string, typed: string, wanted: string, port?: string][] = [
  ['host', ' smtp.acme.example ', 'smtp.acme.example'],
  ['host', 'smtp://smtp.acme.example/', 'smtp.acme.example'],
  ['host', 'smtps://user@smtp.acme.example:465/x?y', 'smtp.acme.example', '465'],
  ['host', 'smtp.acme.example.', 'smtp.acme.example'],
  ['host', 'smtp.acme.example:587', 'smtp.acme.example', '587'],
  ['host', 'ｓｍｔｐ.acme.example：５８７', 'smtp.acme.example', '587'],
  ['host', '"smtp.acme.example"', 'smtp.acme.example'],
  ['host', '<smtp.acme.example>', 'smtp.acme.example'],
  ['host', 'smtp.\u200bacme.example\ufeff', 'smtp.acme.example'],
  ['host', 'smtp.acme.example\r\n', 'smtp.acme.example'],
  ['host', '2001:db8::1', '2001:db8::1'],
  ['host', '[2001:db8::1]:25', '2001:db8::1', '25'],
  ['host', '192.0.2.1:25', '192.0.2.1', '25'],
  ['address', 'Acme <noreply@acme.example>', 'noreply@acme.example'],
  ['address', 'mailto:noreply@acme.example?subject=x', 'noreply@acme.example'],
  ['address', ' “noreply@acme.example”; ', 'noreply@acme.example'],
  ['address', '<noreply@acme.example>', 'noreply@acme.example'],
  ['text', '{a31c84d2-6e5b-4f90-8b17-2c9d05e7f3aa}', 'a31c84d2-6e5b-4f90-8b17-2c9d05e7f3aa'],
  ['text', '‘svc-mail’\n', 'svc-mail'],
  ['text', 'Plant\u00a04  relay', 'Plant 4 relay'],
  ['text', 'a {braced} word', 'a {braced} word'],
  ['number', ' ５８７ ', '587'],
  ['number', '1 025', '1025'],
  ['secret', ' \tp"a <s> ｓ\u200b w\n', 'p"a <s> ｓ\u200b w'],
  ['pem', '  -----BEGIN X-----\r\n  abc\r\n\u200b-----END X-----  ', '-----BEGIN X-----\nabc\n-----END X-----'],
  ['', ' as typed ', ' as typed '],
]

for (const [how, typed, wanted, port] of table) {
  test(`api F9: ${how || 'nothing'} makes ${JSON.stringify(wanted)} of ${JSON.stringify(typed)}`, () => {
    assert.deepEqual(clean(how, typed), port ? { value: wanted, port } : { value: wanted })
  })
}
