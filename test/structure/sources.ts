// Reads the repository as text, for the tests that judge its shape.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const outside = new Set(['node_modules', '.git', 'dist', 'dist-cdn', 'data', '.cache', 'coverage', 'out'])

/** Paths below the root, with `/`, of everything that is written by hand. */
export const files = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: root, withFileTypes: true, exclude: (entry) => outside.has(entry.name) })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1).split(sep).join('/'))
    .sort()

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const forms = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'/gm,
  /^\s*import\s*'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'/g,
]

/** What a file imports: other files as paths below the root, packages by name. */
export const importsOf = (path: string, source = read(path)): string[] =>
  forms.flatMap((form) => [...source.matchAll(form)]).map(([, specifier = '']) =>
    specifier.startsWith('.') ? normalize(join(dirname(path), specifier)).split(sep).join('/') : specifier)

/** The same without imports of types: those leave no trace in what runs. */
export const runtimeImportsOf = (path: string, source = read(path)): string[] =>
  importsOf(path, source.replace(/^\s*(?:import|export) type\b[^'"`;]*?\bfrom\s*'[^']+'/gm, ''))

/** True for a file that a published package contains. */
export const isShipped = (path: string): boolean =>
  /^packages\/\w+\/(src|bin)\//.test(path) && !/\.(test|testing)\.ts$/.test(path)
