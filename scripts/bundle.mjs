// Bundles the element as a page would load it.
import { build } from 'esbuild'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const settings = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  conditions: ['@mail-gateway/source'],
  logLevel: 'silent',
}

const textOf = async (options) => (await build({ ...settings, ...options })).outputFiles[0].text

/**
 * Two copies of Lit on one page would both make the Trusted Types policy `lit-html`, and the second would throw.
 * The single file therefore names its own.
 */
const ownPolicy = (text) => {
  const parts = text.split('createPolicy("lit-html"')
  if (parts.length !== 2) throw new Error(`Lit's policy was expected once in the bundle and is there ${parts.length - 1} times`)
  return parts.join('createPolicy("mail-gateway-settings"')
}

/** The single file: Lit and everything, English. */
export const cdnFile = async () => ownPolicy(await textOf({ entryPoints: ['packages/element/src/define.ts'] }))

/** What an npm entry adds to a page that has Lit already. */
export const withoutLit = (entry = 'packages/element/src/define.ts') =>
  textOf({ entryPoints: [entry], external: ['lit', 'lit/*', '@lit/*'] })

/** Lit with the smallest element that still draws something: what any Lit element costs. */
export const litAlone = () => textOf({
  stdin: {
    contents: "import { LitElement, html } from 'lit'\ncustomElements.define('x-a', class extends LitElement { render() { return html`<p>a</p>` } })",
    resolveDir: join(root, 'packages/element'),
  },
})
