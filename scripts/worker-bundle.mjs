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

/** Libraries in front of our own sources, each in one piece: gzip finds what is alike within 32 KiB, and a library is most like itself. */
const libraries = ['nodemailer/lib/smtp-connection', 'nodemailer/lib/mail-composer', './kits/microsoft/msal.ts', 'zod', 'kysely', 'jose', 'hono', 'ipaddr.js']

/** Both entries of the package together, so that a Worker which imports both holds one copy. */
const entry = [...libraries.map((name) => `import '${name}'`), "export * from './index.ts'", "export * from './workers.ts'\n"].join('\n')

/** An import of a module that does nothing would be dropped, and with it its place; nothing more of the module is kept for it. */
const ordered = {
  name: 'ordered',
  setup(bundler) {
    bundler.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData?.asked || importer !== '<stdin>') return undefined
      return { ...await bundler.resolve(path, { kind, importer, resolveDir, pluginData: { asked: true } }), sideEffects: undefined }
    })
  },
}

/**
 * Takes what is packed out of the middle and to the top. There it would stand between texts that are alike, further apart
 * then than gzip looks, and share its tables with code, which it is nothing like.
 */
const hoisted = (whole) => {
  const [literal, ...others] = whole.match(/"[A-Za-z0-9+/]{10000,}=*"/g) ?? []
  if (!literal || others.length) throw new Error('one packed text was expected in the bundle')
  return { body: whole.replace(literal, () => 'packed'), packed: `const packed = ${literal}` }
}

/**
 * One function that makes everything when it is first called. A Worker is compiled when it starts; what it runs then would
 * have to be run even where no call to the gateway ever comes.
 */
const asFunction = (whole) => {
  const { body, packed } = hoisted(whole)
  const modules = [...new Set([...body.matchAll(/\brequire\("((?:node|cloudflare):[\w/]+)"\)/g)].map(([, name]) => name))]
  return [
    ...modules.map((name, at) => `import * as m${at} from '${name}'`),
    `const required = { ${modules.map((name, at) => `'${name}': m${at}`).join(', ')} }`,
    packed,
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
    ...settings, stdin: { contents: entry, resolveDir: join(folder, 'src'), loader: 'js' }, format: 'cjs', plugins: [prefixed, ordered, lighter, leaveOut, quiet],
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
