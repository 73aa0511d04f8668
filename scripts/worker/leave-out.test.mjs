// What is left out of the Worker's bundle must be noticed where it is reached, and where it is not there any more.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { direct } from './direct.mjs'
import { catalogueModule, cloudsModule } from './data.mjs'
import { leaveOut, without } from './leave-out.mjs'

const library = `
  export class Client { constructor() { this.a = 1 } async sign() { return 'signed' } get token() { return 'x' } static of() { return new Client() } kept() { return this.a } log(logger) { logger?.verbose('a'); return 2 } }
  export function fetchIt() { return 'fetched' }
  export const table = { a() { return 1 }, b() { return 2 } }
  export const old = (function () { function Old() {} Old.prototype.used = function () { return 3 }; Old.prototype.unused = function () { return 4 }; Old.of = function () { return new Old() }; return Old })()`

const run = async (cuts, silent) => {
  const text = (await without(library, cuts, silent)).replace(/^import .*\n/, 'const leftOut = (what) => { throw new Error(what) }\n')
  return import(`data:text/javascript,${encodeURIComponent(text)}`)
}

test('a member that is left out throws with the library it belongs to, the others work', async () => {
  const { Client } = await run([{ file: 'msal/x.js', class: 'Client', members: /^(?:sign|token|of)$/ }])
  assert.throws(() => new Client().sign(), /^Error: msal$/)
  assert.throws(() => new Client().token, /^Error: msal$/)
  assert.throws(() => Client.of(), /^Error: msal$/)
  assert.equal(new Client().kept(), 1)
})

test('a function that is left out throws with its name; of an object only what is named', async () => {
  const { fetchIt, table } = await run([{ file: '@a/b/x.js', functions: /^fetchIt$/ }, { file: '@a/b/x.js', methods: /^b$/ }])
  assert.throws(fetchIt, /^Error: @a\/b fetchIt$/)
  assert.throws(() => table.b(), /^Error: @a\/b$/)
  assert.equal(table.a(), 1)
})

test('a function that is assigned to a property, as older libraries make their classes, throws; what stands beside it works', async () => {
  const { old } = await run([{ file: 'a/x.js', assigned: /^unused$/ }])
  assert.throws(() => new old().unused(), /^Error: a$/)
  assert.deepEqual([new old().used(), old.of() instanceof old], [3, true])
  await assert.rejects(without(library, [{ file: 'a/x.js', assigned: /^gone$/ }]), /has nothing of/)
})

test('a statement that only logs goes, what stands beside it stays', async () => {
  const { Client } = await run([], true)
  assert.equal(new Client().log({ verbose: () => { throw new Error('logged') } }), 2)
})

test('names that stand for whole modules are imported as such, wherever the schema library has its helpers from', () => {
  const schemas = readFileSync(fileURLToPath(import.meta.resolve('zod')).replace(/index\.c?js$/, 'v4/classic/schemas.js'), 'utf8')
  const text = direct(schemas)
  assert.match(text, /^import \* as util from "\.\.\/core\/util\.js";$/m)
  // One name of the collective left would bring all of them back.
  assert.doesNotMatch(text.replaceAll('\n', ' ').slice(0, 2000), /\{ util \}/)
  assert.equal(text.includes('core.util'), false)
  assert.equal(direct("import { Constants as A, Logger } from '@azure/msal-common/node';").split('\n').length, 2)
})

test('a name that is not there fails the build, and so does a file that is not part of it', async () => {
  await assert.rejects(without(library, [{ file: 'a/x.js', class: 'Client', members: /^gone$/ }]), /has nothing of Client/)
  await assert.rejects(without(library, [{ file: 'a/x.js', class: 'Gone', members: /./ }]), /has nothing of Gone/)
  await assert.rejects(build({ stdin: { contents: 'export {}' }, write: false, bundle: true, logLevel: 'silent', plugins: [leaveOut] }), /not part of the bundle any more/)
})

const read = (path) => readFileSync(new URL(`../../packages/bff/src/${path}`, import.meta.url), 'utf8')
const valueOf = async (text) => (await import(`data:text/javascript,${encodeURIComponent(text)}`)).default
const plain = (value) => JSON.parse(JSON.stringify(value))

test('must show 3: the catalogue in the bundle says the same as the delivered one, entry by entry', async () => {
  const delivered = JSON.parse(read('findings/catalogue.json')).entries
  const { entries } = await valueOf(catalogueModule(read('findings/catalogue.json')))
  assert.equal(entries.length, delivered.length)
  const unread = new Set()
  for (const [at, entry] of entries.entries()) {
    const { retry, docs, pointsTo, ...rest } = delivered[at]
    assert.deepEqual(plain(entry.docs), docs.slice(0, 1))
    assert.deepEqual(plain(entry.pointsTo), pointsTo)
    assert.deepEqual([entry.retry.class, entry.retry.text, entry.retry.waitSeconds], [retry.class, retry.text, retry.waitSeconds])
    for (const [name, value] of Object.entries(rest)) if (name in entry) assert.deepEqual(entry[name], value, `${entry.id} ${name}`); else unread.add(name)
  }
  // `CatalogueEntry` declares none of these, so that no code can read them.
  assert.deepEqual([...unread].filter((name) => new RegExp(`\\b${name}\\b`).test(read('findings/catalogue.ts'))), [])
})

test('Microsoft’s clouds in the bundle hold what the delivered ones do, as far as the code reads them', async () => {
  const source = read('kits/microsoft/clouds.ts')
  const { clouds, garbleDetector } = await valueOf(cloudsModule(read('kits/microsoft/clouds.json')))
  const delivered = JSON.parse(read('kits/microsoft/clouds.json'))
  assert.deepEqual(garbleDetector.patterns, delivered.garbleDetector.patterns)
  for (const [at, cloud] of clouds.entries()) {
    for (const [name, value] of Object.entries(delivered.clouds[at])) {
      if (!new RegExp(`\\b${name}\\b`).test(source)) continue
      if (name in cloud && typeof value === 'string') assert.equal(cloud[name], value)
      else if (value !== null && typeof value === 'object') for (const [inner, one] of Object.entries(cloud[name] ?? {})) assert.deepEqual(one, value[inner])
    }
  }
})
