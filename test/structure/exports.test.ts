// Why: the exports of a package are its promise. Each must point at a file that is built, and each public name must say what it means.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { files, importsOf, read, root } from './sources.ts'

type Target = string | { readonly [condition: string]: string }

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, Target>>
  readonly files: readonly string[]
  readonly bin?: Readonly<Record<string, string>>
  readonly customElements?: string
}

const manifests = files('packages/*/package.json').map((path) => ({ folder: path.replace(/\/package\.json$/, ''), ...JSON.parse(read(path)) as Manifest }))

/** `./dist/x.js` and `./dist/x.d.ts` are built from `./src/x.ts`. */
const sourceOf = (built: string) => built.replace(/^\.\/dist\//, './src/').replace(/(\.d\.ts|\.js)$/, '.ts')

const inFolder = (folder: string, path: string) => `${folder}/${path.replace(/^\.\//, '')}`

for (const { folder, name, exports, bin, customElements } of manifests) {
  test(`${name}: every export has its source, its build, its types, in this order of conditions`, () => {
    for (const [entry, target] of Object.entries(exports)) {
      if (typeof target === 'string') {
        assert.ok(existsSync(`${root}/${inFolder(folder, target)}`), `${entry} points at ${target}, which is not there`)
        continue
      }
      const { workerd, ...others } = target
      assert.deepEqual(Object.keys(others), ['@mail-gateway/source', 'types', 'default'], entry)
      // Made by a build of their own: after the types, before what others take.
      if (workerd) assert.deepEqual([Object.keys(target).indexOf('workerd'), workerd], [2, (target['default'] ?? '').replace('dist', 'dist-workers')], entry)
      const source = target['@mail-gateway/source'] ?? ''
      assert.ok(existsSync(`${root}/${inFolder(folder, source)}`), `${entry} points at ${source}, which is not there`)
      assert.deepEqual([target['types'], target['default']].map((built) => sourceOf(built ?? '')), [source, source], entry)
    }
  })

  test(`${name}: what the manifest names besides exports is there`, () => {
    for (const path of [...Object.values(bin ?? {}), ...(customElements ? [customElements] : [])]) {
      assert.ok(existsSync(`${root}/${inFolder(folder, path)}`), `${path} is not there`)
    }
  })
}

interface Declared { readonly name: string, readonly documented: boolean, readonly path: string }

const declaration = /^(\/\*\*[^\n]*\*\/\n|[^\n]*\*\/\n)?(?:@\w+[^\n]*\n)*export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type) (\w+)/gm

const declarationsOf = (path: string): Declared[] =>
  [...read(path).matchAll(declaration)].map(([, comment, name = '']) => ({ name, documented: Boolean(comment), path }))

/** Names an entry file makes public: its own, those it lists from other files, and all of `export *`. */
const publicOf = (path: string): Declared[] => {
  const source = read(path)
  const listed = [...source.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from '(\.[^']+)'/gm)].flatMap(([whole, names = '']) => {
    const [target] = importsOf(path, whole)
    const all = publicOf(target ?? '')
    if (names === '*') return all
    const wanted = names.slice(1, -1).split(',').map((name) => name.trim().replace(/^type /, '').split(' as ')[0] ?? '').filter(Boolean)
    return wanted.map((name) => all.find((found) => found.name === name) ?? { name, documented: false, path: `${target}: not found` })
  })
  return [...declarationsOf(path), ...listed]
}

for (const { folder, name, exports } of manifests) {
  test(`${name}: every public name says what it means`, () => {
    const entries = Object.values(exports).flatMap((target) => typeof target === 'string' ? [] : [target['@mail-gateway/source'] ?? ''])
    const names = entries.flatMap((entry) => publicOf(inFolder(folder, entry)))
    assert.ok(names.length > 0)
    assert.deepEqual([...new Set(names.filter(({ documented }) => !documented).map(({ name: bare, path }) => `${path}: ${bare}`))], [])
  })
}
