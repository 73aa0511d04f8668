import assert from 'node:assert/strict'
import { test } from 'node:test'
import { de } from './de.ts'
import { en } from './en.ts'
import { wordsIn } from './words.ts'

const counts = { pass: 1, warn: 2, fail: 3, unproven: 4, skip: 5 }

/** Every sentence a text can become. */
const sentences = (text: unknown): string[] => {
  if (typeof text === 'function') return [text(...Array.from({ length: text.length }, (_, n) => (text === en.counts || text === de.counts ? counts : String(n + 2))))]
  return typeof text === 'object' && text !== null ? Object.values(text).map(String) : [String(text)]
}

const said = (strings: object) => Object.entries(strings).flatMap(([key, text]) => sentences(text).map((sentence) => [key, sentence] as const))

const banned = {
  en: /\b(invalid|please|sorry|oops|successful(ly)?|required field|e-mail)\b/i,
  de: /\b(ungültig|bitte|leider|hoppla|erfolgreich|Pflichtfeld)\b/i,
}

for (const [lang, strings] of [['en', en], ['de', de]] as const) {
  test(`api F7: no text in ${lang} blames or pleads`, () => {
    assert.deepEqual(said(strings).filter(([, text]) => banned[lang].test(text)), [])
  })
  test(`api B15: every text in ${lang} says something`, () => {
    assert.deepEqual(said(strings).filter(([, text]) => !text.trim() || /undefined|NaN|\[object/.test(text)), [])
  })
}

test('api B13: every language has exactly the texts of English, with the same values in them', () => {
  const shape = (strings: object) => Object.entries(strings).map(([key, text]) => `${key} ${typeof text}`)
  assert.deepEqual(shape(de), shape(en))
  const usesAll = (text: unknown) => typeof text !== 'function' || text.length === 0 || text === de.counts || sentences(text).every((sentence) => Array.from({ length: text.length }).every((_, n) => sentence.includes(String(n + 2))))
  assert.deepEqual(Object.entries(de).filter(([key, text]) => usesAll(en[key as keyof typeof en]) && !usesAll(text)).map(([key]) => key), [])
})

test('api B15: a host text stands in for ours, key by key', () => {
  const { t } = wordsIn('de', de, { add: 'Neu' })
  assert.equal(t.add, 'Neu')
  assert.equal(t.save, de.save)
})

test('api B13: dates speak the language and put the day first in English', () => {
  const iso = '2026-02-03T10:00:00Z'
  assert.equal(wordsIn('en', en).day(iso), '3 Feb 2026')
  assert.match(wordsIn('de', de).day(iso), /^0?3\.\s?0?2\.2026$|^03\.02\.2026$|Feb/)
  assert.match(wordsIn('en', en).when(new Date().toISOString()), /^today, \d\d:\d\d$/)
})
