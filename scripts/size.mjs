// Prints the exact bytes of the element beside Lit alone, and of a vendor's Worker, and ends with 1 above a budget.
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { cdnFile, litAlone, root, withoutLit } from './bundle.mjs'

const brotli = (text) => brotliCompressSync(text, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text) },
}).length

const measured = (what, text, budget) =>
  ({ what, raw: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length, brotli: brotli(text), ...budget })

/** Every language but English, which is part of the element; `words.ts` holds types. */
const languages = globSync('packages/element/src/strings/*.ts', { cwd: root })
  .filter((file) => /^[a-z]{2}(-\w+)?\.ts$/.test(basename(file)) && basename(file) !== 'en.ts').sort()

/** Bytes of brotli; `most` fails the run, `goal` is only shown. */
export const measure = async () => [
  measured('element, single file with Lit', await cdnFile(), { goal: 24_000, most: 28_000 }),
  measured('element without Lit', await withoutLit(), { goal: 17_000, most: 21_000 }),
  ...await Promise.all(languages.map(async (file) =>
    measured(`language ${basename(file, '.ts')}`, await withoutLit(file), { goal: 3_000, most: 4_000 }))),
  measured('Lit alone', await litAlone()),
]

const verdict = ({ brotli: bytes, goal, most }) => {
  if (most === undefined) return ''
  if (bytes > most) return `above the ${most} allowed`
  return bytes > goal ? `within ${most}, above the goal of ${goal}` : `within the goal of ${goal}`
}

const number = (value) => value.toLocaleString('en').padStart(9)

const print = (rows) => {
  console.log(`${'bytes'.padEnd(32)}${'raw'.padStart(9)}${'gzip'.padStart(9)}${'brotli'.padStart(9)}`)
  for (const row of rows) console.log(`${row.what.padEnd(32)}${number(row.raw)}${number(row.gzip)}${number(row.brotli)}  ${verdict(row)}`)
  const [element, lit] = [rows[0], rows.at(-1)]
  console.log(`\nThe element is ${(element.brotli / lit.brotli).toFixed(1)} times Lit alone.`)
}

if (import.meta.main) {
  const rows = await measure()
  print(rows)
  const { most, templateSize } = await import('./worker-size.mjs')
  const { total, gzip } = await templateSize()
  console.log(`\nA vendor's Worker is ${total} KiB, gzipped ${gzip}, ${gzip > most ? `above the ${most} allowed` : `within ${most}`}, as wrangler counts.`)
  process.exitCode = gzip > most || rows.some(({ brotli: bytes, most: limit }) => bytes > (limit ?? Infinity)) ? 1 : 0
}
