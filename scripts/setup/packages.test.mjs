// What counts as installed decides whether `npm start` is quick, and whether it starts at all.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { stale } from './packages.mjs'

const root = mkdtempSync(join(tmpdir(), 'mail-gateway-setup-'))
after(() => rmSync(root, { recursive: true }))

const put = (path, packages) => writeFileSync(join(root, path), JSON.stringify({ packages }))
const lock = {
  '': { name: 'root' },
  'packages/bff': { version: '0.1.0' },
  'node_modules/@mail-gateway/bff': { link: true, resolved: 'packages/bff' },
  'node_modules/lit': { version: '3.3.3' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
}

test('without an installation everything is missing, optional packages and our own aside', () => {
  put('package-lock.json', lock)
  assert.deepEqual(stale(root), ['node_modules/lit'])
})

test('an installation of exactly these versions is complete; another version or an unfinished one is not', () => {
  mkdirSync(join(root, 'node_modules'))
  assert.deepEqual(stale(root), ['node_modules/lit'])
  put('node_modules/.package-lock.json', { 'node_modules/lit': { version: '3.3.2' } })
  assert.deepEqual(stale(root), ['node_modules/lit'])
  put('node_modules/.package-lock.json', { 'node_modules/lit': { version: '3.3.3' } })
  assert.deepEqual(stale(root), [])
})
