// Bundles the gateway for Cloudflare Workers into one module, as it is published.
import { build } from 'esbuild'
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lighter } from './worker/data.mjs'
import { later } from './worker/later.mjs'
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

/** Both entries of the package in one module, so that a Worker which imports both holds one copy. */
const entry = "export * from './index.ts'\nexport * from './workers.ts'\n"

/** One ES module with everything but what the runtime has: `cloudflare:` and `node:` modules. */
export const workerBundle = async () => {
  const { outputFiles: [file], metafile } = await build({
    absWorkingDir: folder,
    stdin: { contents: entry, resolveDir: join(folder, 'src'), loader: 'ts' },
    bundle: true, minify: true, write: false, metafile: true, outfile: 'workers.js',
    format: 'esm', target: 'es2024', legalComments: 'none', logLevel: 'silent',
    conditions: ['@mail-gateway/source', 'workerd', 'worker', 'browser'], mainFields: ['module', 'main'],
    external: ['cloudflare:*', 'node:*'],
    // The same router interface with a fifth of the code: there are two dozen routes.
    alias: { hono: 'hono/tiny' },
    plugins: [prefixed, lighter, later, leaveOut, quiet],
  })
  return { text: file.text, packages: packagesIn(metafile) }
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
