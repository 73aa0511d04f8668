// Bundles the element as a page would load it.
import { build, transform } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { minify } from 'terser'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Style sheets and markup are text to a bundler: it leaves their white space and comments in. */
const templates = {
  name: 'templates',
  setup: (bundler) => bundler.onLoad({ filter: /packages[/\\]element[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
    const contents = await tightened(await readFile(path, 'utf8'))
    return { loader: 'ts', contents: basename(path) === 'html.ts' ? spelling(contents) : contents }
  }),
}

/** Custom properties whose names begin with an underscore are the style sheets' own, and get one letter. */
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const own = [...new Set((await readFile(join(root, 'packages/element/src/parts/tokens.styles.ts'), 'utf8')).match(/--_[\w-]+/g)), '--_c']
const short = (name) => {
  if (!own.includes(name)) throw new Error(`${name} is not among the tokens`)
  return `--_${letters[own.indexOf(name)]}`
}

/** What style sheets say a hundred times and more travels as one character, and is spelled out where Lit gets it. */
const brief = (sheet) => sheet.replace(/\[part~=([\w-]+)\]/g, '$$$1').replace(/var\(--_(\w)\)/g, '<$1')
const spelled = [[/\$([\w-]+)/g, '[part~=$1]'], [/<(\w)/g, 'var(--_$1)']]

const briefly = (sheet) => {
  if (spelled.reduce((text, pair) => text.replace(...pair), brief(sheet)) !== sheet) throw new Error(`spelled out it is another style sheet: ${sheet}`)
  return brief(sheet)
}

/** The one module through which style sheets get Lit's `css`, with one that spells out. */
const spelling = (source) => `${source.replace('css, ', '')}
import { unsafeCSS } from 'lit'
export const css = ([sheet]) => unsafeCSS(sheet${spelled.map(([short, said]) => `.replace(${short}, '${said}')`).join('')})`

const tightened = async (source) => {
  const sheets = [...source.matchAll(/css`([^`$]*)`/g)]
  const tight = await Promise.all(sheets.map(([, text]) => transform(text, { loader: 'css', minify: true, target: 'chrome123' })))
  const styled = sheets.reduce((text, [sheet], n) => text.replace(sheet, () => `css\`${briefly(tight[n].code.trim().replaceAll('\\', '\\\\').replace(/--_[\w-]+/g, short).replace(/(?<=--_\w:) | (?<=, )/g, ''))}\``), source)
  // Only line breaks between tags and values, and before attributes, go; a space that is meant to be seen stands on its line.
  return styled.replace(/\n\s+(?=[.?@]?[\w-]+=(?:"|\$\{))/g, ' ').replace(/>\n\s*(?=<|\$\{)/g, '>').replace(/([}`])\n\s*(?=<)/g, '$1').replace(/\}\n\s*(?=\$\{)/g, '}')
}

/**
 * Members that only the element's own code names: no host, no answer, no text, nothing stored, no other library. They get short names,
 * and `bundle.test.ts` holds the list against everybody else's names.
 */
export const inside = `advice again announcer arrive askAgain busy checks checkStored chooseLine client conflict current drafted draw earlier edit failure
  focusOn folded follow journey kept layout lead level lines loaded locale loose may memo memory merged mine mono moved nextId note notes notice overtaken page
  pause pickUp proven purpose put question rebase redraw refuse refused reloadModes remembered rename reopen reread resume reword saves saving scene
  secretState see sent shown stamp started stored sync take takes tell tick tone touched tries unchecked undecided wanted wipe word words`.split(/\s+/)

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
  mangleProps: new RegExp(`^(?:${inside.join('|')})$`),
  plugins: [templates],
}

/** Every pattern among the nodes of a syntax tree. */
const patternsIn = (tree, seen = new Set()) => {
  if (!tree?.TYPE && !Array.isArray(tree) || seen.has(tree)) return []
  seen.add(tree)
  return [...tree.TYPE === 'Destructuring' && !tree.is_array ? [tree] : [], ...Object.values(tree).flatMap((inner) => patternsIn(inner, seen))]
}

/** Puts what patterns take into one order, the most frequent first: alike texts pack. A pattern with a rest or a default stays, the order is part of it. */
const alike = (tree) => {
  const nameOf = (member) => member.key ?? member.name
  const patterns = patternsIn(tree).filter(({ names }) => names.every(nameOf))
  const counts = Map.groupBy(patterns.flatMap(({ names }) => names.map(nameOf)), (name) => name)
  for (const { names } of patterns) names.sort((a, b) => counts.get(nameOf(b)).length - counts.get(nameOf(a)).length || (nameOf(a) < nameOf(b) ? -1 : 1))
  return tree
}

// terser folds what esbuild leaves, over the names that esbuild has made alike: three in a hundred of the bytes that travel.
const small = { module: true, ecma: 2022, compress: { ecma: 2022, passes: 3, unsafe_arrows: true, pure_getters: true, keep_fargs: false, hoist_props: true, lhs_constants: false }, format: { ecma: 2022, comments: false } }

const textOf = async (options) => {
  const [{ text }] = (await build({ ...settings, ...options })).outputFiles
  const { ast } = await minify(text, { module: true, compress: false, mangle: false, format: { ast: true, code: false } })
  return (await minify(alike(ast), small)).code
}

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
