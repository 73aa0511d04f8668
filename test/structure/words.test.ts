// Why: some words must not be in the repository at all: switches that turn a protection off, tests that do not run,
// addresses of one machine or one registry.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { files, isShipped, read } from './sources.ts'

interface Ban {
  readonly what: string
  readonly words: RegExp
  readonly where: (path: string) => boolean
}

const isText = (path: string) => !/\.(png|ico|woff2?|db)$/.test(path)
const isCode = (path: string) => /\.(ts|mjs|js|html)$/.test(path)
const isTest = (path: string) => /\.test\.(ts|mjs)$|^test\//.test(path)
const isElement = (path: string) => path.startsWith('packages/element/src/') && isShipped(path)
/** These plant what they look for. */
const planters = ['test/structure/words.test.ts', 'scripts/test/suites.test.mjs', 'test/threats/T19-process-switch.test.ts']

const bans: Ban[] = [
  { what: 'a switch that turns certificate checks off', words: /rejectUnauthorized['"]?\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity['"]?\s*:\s*\(\s*\)\s*=>\s*(undefined|\{\s*\})/, where: isCode },
  { what: 'a test that does not run', words: /\b(test|it|describe|suite)\.(skip|only|todo)\b|\b(skip|only|todo):\s*(true|['"`])|\bxit\(|\bxdescribe\(/, where: isTest },
  { what: 'markup made from text', words: /unsafeHTML|unsafeSVG|unsafeStatic|\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function\(/, where: isElement },
  { what: 'an inline style, which a strict page refuses', words: /\sstyle="|\.setAttribute\('style'/, where: isElement },
  { what: 'a side that is not logical, which right to left would turn wrong', words: /\b(margin|padding|border|inset)-(left|right)\b|text-align:\s*(left|right)\b/, where: isElement },
  { what: 'a silenced compiler', words: /@ts-(ignore|nocheck|expect-error)|\bas any\b|:\s*any\s*(?:[,;)=\]|&>{]|\[\]|$)|<any>/m, where: (path) => /\.ts$/.test(path) },
  { what: 'a path of one machine', words: /(?<![\w.:/-])\/(work|home\/\w+|root|Users\/\w+)\/[\w.-]/, where: isText },
  { what: 'the address of a package registry', words: /registry\.npmjs|registry\.yarnpkg|npm\.pkg\.github|artifactory|\bverdaccio\b/i, where: isText },
  { what: 'a word that says nothing to a user', words: /\b(oops|whoops)\b/i, where: (path) => isShipped(path) },
]

const all = files('*', '.npmrc', '.gitignore', '.ci/*', '{packages,demo,test,bench,scripts,docs}/**/*').filter((path) => !planters.includes(path) && isText(path))

const found = (path: string, source: string) =>
  bans.filter(({ where, words }) => where(path) && words.test(source)).map(({ what, words }) => `${path}: ${what}: ${words.exec(source)?.[0].trim()}`)

test('threat T48: markup made from text, switches of protection and other words that must not appear do not appear', () => {
  assert.ok(all.length > 60, `only ${all.length} files found`)
  assert.deepEqual(all.flatMap((path) => found(path, read(path))), [])
})

const planted: [path: string, source: string][] = [
  ['packages/bff/src/adapters/node/socket.ts', 'connect({ rejectUnauthorized: false })'],
  ['test/wire/a.test.ts', "test.skip('a', () => {})"],
  ['packages/bff/src/a.test.ts', "test('a', { todo: true }, () => {})"],
  ['packages/element/src/parts/list.ts', 'row.innerHTML = name'],
  ['packages/element/src/parts/list.ts', 'html`<p style="color: red">`'],
  ['packages/element/src/parts/a.styles.ts', 'css`p { margin-left: 1px }`'],
  ['demo/server.ts', '// @ts-ignore'],
  ['packages/bff/src/gateway.ts', 'const options: any = {}'],
  ['docs/a.md', 'see /home/someone/project'],
  ['README.md', 'https://registry.npmjs.org/lit'],
]

for (const [path, source] of planted) {
  test(`threat T48: a planted word is found: ${source.slice(0, 40)}`, () => assert.equal(found(path, source).length, 1))
}
