// Why: what is installed must be what was looked at: every version fixed, none below a known hole, no address of a registry.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { files, read } from './sources.ts'

interface Entry {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly inBundle?: boolean
  readonly hasInstallScript?: boolean
}

const lock = JSON.parse(read('package-lock.json')) as { lockfileVersion: number, packages: Record<string, Entry> }
const installed = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'))
const named = (name: string) => installed.filter(([path]) => path.endsWith(`node_modules/${name}`))

test('the lockfile holds a version and a checksum for every package, and no address', () => {
  const ours = new Set(['packages/contract', 'packages/bff', 'packages/element'])
  const odd = installed.filter(([, { version, integrity, link, resolved, inBundle }]) =>
    link ? !ours.has(resolved ?? '') : !version || (!integrity && !inBundle) || resolved !== undefined)
  assert.deepEqual(odd.map(([path]) => path), [])
  assert.doesNotMatch(read('package-lock.json'), /"resolved": "[a-z+]+:/)
})

test('every dependency is fixed to one exact version', () => {
  const loose = ['package.json', ...files('packages/*/package.json')].flatMap((path) => {
    const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>
    return ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies', 'overrides']
      .flatMap((group) => Object.entries(manifest[group] ?? {}))
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}: ${name} ${version}`)
  })
  assert.deepEqual(loose, [])
})

const isAtLeast = (version: string, floor: string) => version.localeCompare(floor, 'en', { numeric: true }) >= 0

const floors: Record<string, string> = { nodemailer: '10.6.0', hono: '4.12.34', undici: '7.18.2' }

for (const [name, floor] of Object.entries(floors)) {
  test(`threat T54: no ${name} below ${floor} is installed`, () => {
    const low = named(name).filter(([, { version }]) => !isAtLeast(version ?? '0', floor))
    assert.deepEqual(low.map(([path, { version }]) => `${path} ${version}`), [])
  })
}

test('threat T54: the comparison of versions knows that 10 is more than 9', () => {
  assert.ok(isAtLeast('4.13.19', '4.12.34') && isAtLeast('10.6.0', '9.9.9') && !isAtLeast('4.9.0', '4.12.34'))
})

test('threat T53: install steps run only for the packages that were looked at', () => {
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> }
  const wanting = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path.split('node_modules/').at(-1) ?? '')
  assert.deepEqual(wanting.filter((name) => allowScripts[name] === undefined && name !== 'fsevents'), [])
  assert.deepEqual(Object.keys(allowScripts).filter((name) => allowScripts[name]), ['node'])
})
