// The form and the server clean what is pasted alike, each in its own package: a file must mean what the form makes of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod'
import { repair } from '../../packages/bff/src/settings/repair.ts'
import { field } from '../../packages/bff/src/settings/schema.ts'
import { clean } from '../../packages/element/src/clean/clean.ts'

const settings = z.strictObject({ text: field(z.string(), { clean: 'text', repairs: [] }), secret: field(z.string(), { clean: 'secret', repairs: [] }) })
const guid = 'a31c84d2-6e5b-4f90-8b17-2c9d05e7f3aa'
const pasted = [
  guid, ` ${guid}\n`, `{${guid}}`, `(${guid.toUpperCase()})`, `"${guid}"`, `“{${guid}}”`, `\u200b${guid}\ufeff`, `${guid}\u00a0`, ` ' ${guid} ' `, 'contoso.onmicrosoft.com', '«contoso.example»',
  'Plant\u00a04  relay', 'a {braced} word', '‘svc-mail’\n', 'https://graph.microsoft.com/.default', 'a\tb\r\nc', 'p"a <s> ｓ\u200b w', 'so\u00adft', 'a\u2066b\u2069', '\u{E0041}x', '⸌x⸍', '‟x‛', '„x“', '\u202econtoso\u202c', '', ' ', '""', '{}', `{${guid}`, `${guid}}`,
]

for (const how of ['text', 'secret'] as const) {
  test(`api F9: the server cleans a ${how} as the form does`, () => {
    for (const typed of pasted) assert.equal(repair(settings, { [how]: typed }).values[how], clean(how, typed).value, JSON.stringify(typed))
  })
}
