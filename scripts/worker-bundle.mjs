// Bundles the gateway for Cloudflare Workers, as it is published.
import { build } from 'esbuild'
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lighter } from './worker/data.mjs'
import { leaveOut } from './worker/leave-out.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'packages/bff')

/** Node's modules under the one name by which they are sure to be Node's. */
const prefixed = {
  name: 'prefixed',
  setup(bundler) {
    const bare = new RegExp(`^(?:${builtinModules.filter((name) => /^[a-z]/.test(name)).join('|')})$`)
    bundler.onResolve({ filter: bare }, ({ path }) => ({ path: `node:${path}`, external: true, sideEffects: false }))
  },
}

/** Libraries whose modules do nothing by being imported, though their manifests do not say so. */
const quiet = {
  name: 'quiet',
  setup(bundler) {
    bundler.onResolve({ filter: /.*/ }, async ({ path, pluginData, kind, importer, resolveDir, with: attributes }) => {
      if (pluginData?.asked || kind === 'entry-point' || !/node_modules/.test(importer)) return undefined
      const found = await bundler.resolve(path, { kind, importer, resolveDir, with: attributes, pluginData: { asked: true } })
      return !found.external && /node_modules[/\\](?:@azure|jsonwebtoken|nodemailer)[/\\]/.test(found.path) ? { ...found, sideEffects: false } : undefined
    })
  },
}

/** Both entries of the package together, so that a Worker which imports both holds one copy. */
const entry = "export * from './index.ts'\nexport * from './workers.ts'\n"

/**
 * One function that makes everything when it is first called. A Worker is compiled when it starts; what it runs then would
 * have to be run even where no call to the gateway ever comes.
 */
const asFunction = (body) => {
  const modules = [...new Set([...body.matchAll(/\brequire\("((?:node|cloudflare):[\w/]+)"\)/g)].map(([, name]) => name))]
  return [
    ...modules.map((name, at) => `import * as m${at} from '${name}'`),
    `const required = { ${modules.map((name, at) => `'${name}': m${at}`).join(', ')} }`,
    `const make = (require, module) => {${body}\nreturn module.exports }`,
    'let made',
    'export const all = () => made ??= make((name) => required[name], { exports: {} })\n',
  ].join('\n')
}

/** `toWorker` is called while the Worker starts; the others when a call has come. */
const lazy = `import { all } from './gateway.js'
export const optionsFrom = (...given) => all().optionsFrom(...given)
export const workersPorts = (...given) => all().workersPorts(...given)
export const toWorker = (...given) => {
  let made
  const worker = () => made ??= all().toWorker(...given)
  return { gateway: (...call) => worker().gateway(...call), fetch: async (...call) => worker().fetch(...call), scheduled: async (...call) => worker().scheduled(...call) }
}
`

const whole = (names) => `import { all } from './gateway.js'\nexport const { ${names.join(', ')} } = all()\n`

const namesIn = async (file) => {
  const { metafile } = await build({ ...settings, entryPoints: [`src/${file}`], format: 'esm', plugins: [prefixed, lighter, quiet] })
  return Object.values(metafile.outputs)[0].exports.sort()
}

const settings = {
  absWorkingDir: folder, bundle: true, minify: true, write: false, metafile: true, outdir: 'out',
  target: 'es2024', legalComments: 'none', logLevel: 'silent',
  conditions: ['@mail-gateway/source', 'workerd', 'worker', 'browser'], mainFields: ['module', 'main'],
  external: ['cloudflare:*', 'node:*'],
  // The same router interface with a fifth of the code: there are two dozen routes.
  alias: { hono: 'hono/tiny' },
}

/** Modules with everything but what the runtime has: `cloudflare:` and `node:` modules. */
export const workerBundle = async () => {
  const { outputFiles: [file], metafile } = await build({
    ...settings, stdin: { contents: entry, resolveDir: join(folder, 'src'), loader: 'ts' }, format: 'cjs', plugins: [prefixed, lighter, leaveOut, quiet],
  })
  const [later, root] = await Promise.all(['workers.ts', 'index.ts'].map(namesIn))
  if (later.join() !== 'optionsFrom,toWorker,workersPorts') throw new Error(`the entry for Workers has other names now: ${later}`)
  return { files: { 'gateway.js': asFunction(file.text), 'workers.js': lazy, 'index.js': whole(root) }, packages: packagesIn(metafile) }
}

/** Folders of the packages of which something is in the bundle. */
const packagesIn = ({ outputs }) => {
  const [{ inputs }] = Object.values(outputs)
  const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replaceAll('\\', '/')) ?? [])
  return [...new Set(used)].sort().map((path) => join(folder, path))
}

/** Name, version and licence of each package that is inside, as their licences ask for. */
export const licences = (packages) => packages.map((path) => {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  const file = readdirSync(path).find((one) => /^licen[cs]e/i.test(one))
  if (!file) throw new Error(`${name} has no file with its licence`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(path, file), 'utf8').trim()}\n`
}).join(`\n${'-'.repeat(80)}\n\n`)
