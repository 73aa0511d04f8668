import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface Asset {
  readonly type: string
  readonly body: string
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const scripts = {
  // The element as one file, the way a page without a build step takes it.
  '/assets/element.js': '@mail-gateway/element/define.js',
  '/assets/email.js': here('../client/email.ts'),
  '/assets/strip.js': here('../client/strip.ts'),
  '/assets/inbox.js': here('../client/inbox.ts'),
  '/assets/two.js': here('../client/two.ts'),
  '/assets/portal.js': here('../client/portal.ts'),
}

/** One script, ready for the browser. The demo's own scripts load the element by address, so that it exists once. */
const bundle = async (entry: string): Promise<Asset> => {
  const { outputFiles } = await build({
    entryPoints: [entry], bundle: true, write: false, minify: true, format: 'esm', target: 'es2022', logLevel: 'error',
    conditions: ['@mail-gateway/source'], absWorkingDir: here('../..'), external: ['/assets/*'],
  })
  return { type: 'text/javascript; charset=utf-8', body: outputFiles[0]!.text }
}

const sheets = { '/assets/host.css': ['host', 'product', 'strip'], '/assets/resets.css': ['resets'], '/assets/portal.css': ['portal'] } as const

const sheet = async (names: readonly string[]): Promise<Asset> => {
  const parts = await Promise.all(names.map((name) => readFile(here(`styles/${name}.css`), 'utf8')))
  return { type: 'text/css; charset=utf-8', body: parts.join('\n') }
}

const icon: Asset = {
  type: 'image/svg+xml',
  body: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#c2481d" d="M15 1h2v15h-2zM16 31l-7-10 2-6h10l2 6z"/></svg>',
}

/** Everything a page loads, built once and served from memory. Throws when something does not compile. */
export const buildAssets = async (): Promise<ReadonlyMap<string, Asset>> => {
  const built = await Promise.all([
    ...Object.entries(scripts).map(async ([path, entry]) => [path, await bundle(entry)] as const),
    ...Object.entries(sheets).map(async ([path, names]) => [path, await sheet(names)] as const),
  ])
  return new Map([...built, ['/assets/icon.svg', icon]])
}
