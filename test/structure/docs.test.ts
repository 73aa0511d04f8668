// Why: a page that sends its reader to a place that is not there, or names a command that does not exist, is worse than no page.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { variableNames } from '../../packages/bff/src/config/environment.ts'
import { files, read, root } from './sources.ts'

const pages = files('*.md', 'docs/**/*.md', 'packages/*/*.md')

/** GitHub's way to make an anchor of a heading. */
const anchor = (heading: string) => heading.trim().toLowerCase().replace(/[`*]/g, '').replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')

const anchorsOf = (path: string) => [...read(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchor(heading))

const linksOf = (path: string) =>
  [...read(path).replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

const broken = (path: string, target: string) => {
  if (/^(https?|mailto):/.test(target)) return false
  const [place = '', fragment] = target.split('#')
  const file = place ? join(dirname(path), place) : path
  if (!existsSync(join(root, file))) return true
  return fragment !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(fragment)
}

test('every link between pages leads somewhere', () => {
  assert.ok(pages.includes('README.md') && pages.includes('CONTRIBUTING.md') && pages.includes('CHANGELOG.md'))
  assert.deepEqual(pages.flatMap((path) => linksOf(path).filter((target) => broken(path, target)).map((target) => `${path}: ${target}`)), [])
})

test('every script and path the pages name exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const wrong = pages.flatMap((path) => [
    ...[...read(path).matchAll(/\bnpm run ([\w:-]+)/g)].filter(([, name = '']) => !scripts[name]).map(([whole]) => `${path}: ${whole}`),
    ...[...read(path).matchAll(/`((?:packages|demo|test|scripts|docs|bench)\/[\w./-]+)`/g)]
      .filter(([, place = '']) => !existsSync(join(root, place))).map(([, place]) => `${path}: ${place}`),
  ])
  assert.deepEqual(wrong, [])
})

test('decisions are numbered without a gap, and each says when to look at it again', () => {
  const records = files('docs/decisions/*.md')
  assert.ok(records.length > 0)
  assert.deepEqual(records.map((path) => Number(/\/(\d{3})-/.exec(path)?.[1])), records.map((_, n) => n + 1))
  assert.deepEqual(records.filter((path) => !/^## What else was weighed$/m.test(read(path)) || !/^## When to revisit$/m.test(read(path))), [])
})

const tableNames = (heading: string, name: RegExp) => {
  const section = read('README.md').split(`### ${heading}\n`)[1]?.split(/^#/m)[0] ?? ''
  return [...section.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(name)].map(([, found = '']) => found)).sort()
}

test('the README lists every option and every variable, and no other', () => {
  const declared = /interface MailGatewayOptions \{([\s\S]*?)\n\}/.exec(read('packages/bff/src/config/options.ts'))?.[1] ?? ''
  const options = [...declared.matchAll(/readonly (\w+)\??:/g)].map(([, name = '']) => name).sort()
  assert.ok(options.length > 10)
  assert.deepEqual(tableNames('Options', /`(\w+)`/g), options)
  assert.deepEqual(tableNames('Environment', /`(\w+)`/g).filter((name) => name !== 'NODE_EXTRA_CA_CERTS'), [...variableNames].sort())
})
