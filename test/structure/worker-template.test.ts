// Why: a template is copied before it is read, so that whatever is wrong in it is wrong at every vendor's.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { variableNames } from '../../packages/bff/src/config/environment.ts'
import { read, root } from './sources.ts'

const run = promisify(execFile)
const template = join(root, 'templates/worker')

/** Bits of a text if its characters were drawn as they occur in it. */
const entropy = (text: string): number => [...Map.groupBy(text, (letter) => letter).values()].reduce((bits, { length }) => bits - length * Math.log2(length / text.length), 0)

/** Variables that hold a secret by their name, or by looking like one: every word of theirs is readable in the dashboard. */
const secretsIn = (vars: Readonly<Record<string, unknown>>): string[] => Object.entries(vars).flatMap(([name, value]) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const looksLikeOne = (text.match(/[A-Za-z0-9+/=_~-]{24,}/g) ?? []).some((word) => entropy(word) > 90)
  return /SECRET|TOKEN|PASSWORD|(^|_)KEY/.test(name) || looksLikeOne ? [name] : []
})

interface Config {
  readonly vars: Readonly<Record<string, unknown>>
  readonly upload_source_maps?: boolean
  readonly workers_dev?: boolean
  readonly triggers: { readonly crons: readonly string[] }
  readonly d1_databases: readonly { readonly binding: string; readonly migrations_dir: string }[]
  readonly secrets: { readonly required: readonly string[] }
}

/** Comments gone; a `//` inside quotes stays. */
const parsed = (jsonc: string): Config => JSON.parse(jsonc.replace(/("(?:\\.|[^"\\])*")|\/\/.*$/gm, '$1')) as Config

const config = parsed(read('templates/worker/wrangler.jsonc'))
const canaries = { MAIL_GATEWAY_SECRETS: `1:${randomBytes(32).toString('base64')}`, MAIL_GATEWAY_TOKENS: `[{"sha256":"${randomBytes(32).toString('hex')}"}]` }

let folder: string
let project: string
let bundle: readonly string[]
let said: string

/** What wrangler would upload, and what it says about it. */
const deployed = async (out: string): Promise<{ readonly said: string; readonly bundle: readonly string[] }> => {
  const env = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_BUILD_CONDITIONS: '@mail-gateway/source,workerd,worker,browser', XDG_CONFIG_HOME: folder }
  const { stdout, stderr } = await run(process.execPath, [join(root, 'node_modules/wrangler/bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', out], { cwd: project, timeout: 90_000, env })
  return { said: stdout + stderr, bundle: await Promise.all((await readdir(out)).map((name) => readFile(join(out, name), 'utf8'))) }
}
const canariesIn = (texts: readonly string[]): string[] => Object.entries(canaries).filter(([, canary]) => texts.some((text) => text.includes(canary))).map(([name]) => name)

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mail-gateway-template-'))
  project = join(folder, 'worker')
  await cp(template, project, { recursive: true, filter: (path) => !/[/\\](node_modules|\.wrangler|migrations|\.dev\.vars)$/.test(path) })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  await writeFile(join(project, '.dev.vars'), Object.entries(canaries).map(([name, value]) => `${name}='${value}'\n`).join(''))
  ;({ said, bundle } = await deployed(join(folder, 'out')))
})
after(() => rm(folder, { recursive: true, force: true }))

test('the template deploys (dry) in the clone, and wrangler has nothing to object to', () => {
  assert.match(said, /--dry-run: exiting now/)
  assert.doesNotMatch(said, /WARNING|ERROR/)
  assert.match(said, /env\.DB .*D1 Database/)
})

test('threat T16: nothing secret is in the variables, in what wrangler says, or in what it would upload', () => {
  assert.deepEqual(secretsIn(config.vars), [])
  assert.ok(bundle.length > 0 && bundle.some((text) => text.length > 100_000))
  assert.deepEqual(canariesIn([said, ...bundle, read('templates/worker/wrangler.jsonc')]), [])
  assert.deepEqual([config.upload_source_maps, config.workers_dev], [false, false])
  assert.deepEqual(config.secrets.required, ['MAIL_GATEWAY_SECRETS'])
})

for (const [what, vars] of [
  ['by its name', { MAIL_GATEWAY_SECRETS: '' }], ['under another name', { SEALING: `1:${randomBytes(32).toString('base64')}` }], ['inside JSON', { MAIL_GATEWAY_AUTH: 'bearer', WHO: [{ sha256: randomBytes(32).toString('hex') }] }],
  ['of a provider', { GRAPH: 'Zr8Q~kL3.fA_w-93nVbTqu4rryStone~77xYpLmQ2' }],
] as const) {
  test(`threat T16: a planted secret is found: ${what}`, () => assert.deepEqual(secretsIn({ ...config.vars, ...vars }), [Object.keys(vars).at(-1)]))
}

test('threat T16: a secret planted in the source is found in what would be uploaded', async () => {
  const source = join(project, 'src/index.ts')
  const clean = await readFile(source, 'utf8')
  await writeFile(source, `${clean}\nglobalThis.name = '${canaries.MAIL_GATEWAY_SECRETS}'\n`)
  try {
    assert.deepEqual(canariesIn((await deployed(join(folder, 'planted'))).bundle), ['MAIL_GATEWAY_SECRETS'])
  } finally {
    await writeFile(source, clean)
  }
})

test('migrations are copied to where wrangler looks for them, and the clock rings', async () => {
  await run(process.execPath, ['migrations.mjs'], { cwd: project })
  assert.deepEqual(await readdir(join(project, config.d1_databases[0]!.migrations_dir)), await readdir(join(root, 'packages/bff/migrations')))
  assert.equal(config.triggers.crons.length, 1)
})

test('every setting the template names is one', () => {
  const named = ['wrangler.jsonc', '.dev.vars.example', 'README.md', 'src/index.ts'].flatMap((file) => read(`templates/worker/${file}`).match(/\bMAIL_GATEWAY_\w+/g) ?? [])
  assert.ok(named.length > 5)
  assert.deepEqual(named.filter((name) => !variableNames.includes(name)), [])
})
