// What the last complete run left behind: results, figures, and the figures of the load.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'node_modules', '.cache', 'proof')
const at = (name) => join(folder, name)

const linesOf = (name) => {
  try {
    return readFileSync(at(name), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
  } catch {
    return undefined
  }
}

const begin = (name) => {
  mkdirSync(folder, { recursive: true })
  rmSync(at(name), { force: true })
  return at(name)
}

export const kept = {
  results: () => linesOf('results.ndjson'),
  figures: () => linesOf('figures.ndjson') ?? [],
  load: () => linesOf('load.ndjson'),
  /** @returns the file new figures go to; those of the last run are gone */
  start() {
    begin('results.ndjson')
    return begin('figures.ndjson')
  },
  startLoad: () => begin('load.ndjson'),
  end(results) {
    writeFileSync(at('results.ndjson'), results.map(({ suite, file, name, ok }) => `${JSON.stringify({ suite, file, name, ok })}\n`).join(''))
  },
}
