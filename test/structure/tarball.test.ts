// Why: users install tarballs, not this repository. Each package is packed, put alone into an empty project beside
// nothing but what it declares, and every export is imported by a plain Node.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { root } from './sources.ts'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
}

const packages = ['contract', 'bff', 'element'] as const
type Package = typeof packages[number]

const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-packed-'))
const npm = process.env['npm_execpath']
const manifestOf = (name: Package) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest
const projectOf = (name: Package) => join(folder, name)
const packedIn = (project: string, name: string) => join(project, 'node_modules', ...name.split('/'))

const pack = () => {
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []]
  const { status, stdout, stderr } = spawnSync(command, [...first, 'pack', '--workspaces', '--pack-destination', folder], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm pack failed:\n${stdout}\n${stderr}`)
}

const unpack = (project: string, name: Package) => {
  const tarball = readdirSync(folder).find((file) => file.startsWith(`mail-gateway-${name}-`)) ?? ''
  const place = packedIn(project, `@mail-gateway/${name}`)
  mkdirSync(dirname(place), { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', dirname(place)])
  renameSync(join(dirname(place), 'package'), place)
}

/** An empty project with one package and what it declares, third parties as they are installed here. */
const install = (name: Package) => {
  const project = projectOf(name)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  unpack(project, name)
  for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) {
    if (dependency === '@mail-gateway/contract') unpack(project, 'contract')
    else {
      mkdirSync(dirname(packedIn(project, dependency)), { recursive: true })
      symlinkSync(join(root, 'node_modules', dependency), packedIn(project, dependency), 'junction')
    }
  }
}

const inside = (place: string, below = ''): string[] => readdirSync(join(place, below), { withFileTypes: true })
  .flatMap((entry) => entry.isDirectory() ? inside(place, `${below}${entry.name}/`) : [`${below}${entry.name}`])

const runIn = (project: string, args: string[]) =>
  spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'] } })

process.on('exit', () => rmSync(folder, { recursive: true }))
pack()
packages.forEach(install)

for (const name of packages) {
  test(`@mail-gateway/${name}: the tarball holds what was built from the sources, and nothing else`, () => {
    const place = packedIn(projectOf(name), `@mail-gateway/${name}`)
    const held = inside(place)
    assert.ok(held.includes('LICENSE') && held.includes('README.md'), 'licence and page')
    assert.deepEqual(held.filter((file) => /\.(test|testing)\.|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(file)), [])
    const orphans = held.filter((file) => /^dist\/.*\.js$/.test(file))
      .filter((file) => !existsSync(join(root, 'packages', name, file.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts'))))
    assert.deepEqual(orphans, [], `built from sources that are gone: remove packages/${name}/dist and build again`)
  })

  test(`@mail-gateway/${name}: every export can be imported alone`, () => {
    for (const entry of Object.keys(manifestOf(name).exports).filter((key) => !key.endsWith('.json'))) {
      const specifier = `@mail-gateway/${name}${entry.slice(1)}`
      const { status, stderr } = runIn(projectOf(name), ['--input-type=module', '-e', `await import('${specifier}')`])
      assert.equal(status, 0, `${specifier}: ${stderr}`)
    }
  })

  test(`@mail-gateway/${name}: its types compile in a strict project of somebody else`, () => {
    const project = projectOf(name)
    const entries = Object.keys(manifestOf(name).exports).filter((key) => !key.endsWith('.json'))
    writeFileSync(join(project, 'use.ts'), `${entries.map((entry, n) => `export * as e${n} from '@mail-gateway/${name}${entry.slice(1)}'`).join('\n')}\n`)
    const { status, stdout } = runIn(project, [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck',
      '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2024,dom,dom.iterable,dom.asynciterable,esnext.disposable', '--types', '', 'use.ts'])
    assert.equal(status, 0, stdout)
  })
}

test('api E2: importing the element registers nothing, its define.js registers the tag', () => {
  const has = "process.stdout.write(String(Boolean(globalThis.customElements?.get('mail-gateway-settings'))))"
  const after = (entry: string) => runIn(projectOf('element'), ['--input-type=module', '-e', `await import('${entry}')\n${has}`]).stdout
  assert.deepEqual([after('@mail-gateway/element'), after('@mail-gateway/element/define.js')], ['false', 'true'])
})

test('the template for a Worker compiles, finds the migrations and deploys (dry) from the tarball, as at a vendor’s', () => {
  const project = join(folder, 'worker')
  cpSync(join(root, 'templates/worker'), project, { recursive: true, filter: (path) => !/[/\\](node_modules|\.wrangler|migrations)$/.test(path) })
  symlinkSync(join(projectOf('bff'), 'node_modules'), join(project, 'node_modules'), 'junction')
  const steps = [
    ['migrations.mjs'],
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'],
    [join(root, 'node_modules/wrangler/bin/wrangler.js'), 'deploy', '--dry-run', '--outdir', 'out'],
  ]
  for (const step of steps) {
    const { status, stdout, stderr } = spawnSync(process.execPath, step, { cwd: project, encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'], CI: '1', WRANGLER_SEND_METRICS: 'false', XDG_CONFIG_HOME: folder } })
    assert.equal(status, 0, `${step.join(' ')}: ${stdout}\n${stderr}`)
  }
  assert.deepEqual(readdirSync(join(project, 'migrations')), readdirSync(join(root, 'packages/bff/migrations')))
  assert.match(readFileSync(join(project, 'out/index.js'), 'utf8'), /cloudflare:sockets/, 'the adapters of this runtime were taken')
})

test('the command runs from the tarball', () => {
  const command = join(packedIn(projectOf('bff'), '@mail-gateway/bff'), 'bin/mail-gateway.mjs')
  const secret = runIn(projectOf('bff'), [command, 'secret'])
  assert.match(secret.stdout, /^1:[A-Za-z0-9+/]{43}=$/m, secret.stderr)
  assert.equal(runIn(projectOf('bff'), [command, 'bake']).status, 64)
})
