// What the last run of each suite left behind: results, figures, and the figures of the load.
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

const all = (kind, suites) => {
  const parts = suites.map((suite) => linesOf(`${suite}.${kind}.ndjson`))
  return parts.every(Boolean) ? parts.flat() : undefined
}

/** Each suite's last run, so that one suite can be run again without the others. */
export const kept = {
  /** @returns undefined where one of the suites was never run to its end */
  results: (suites) => all('results', suites),
  figures: (suites) => suites.flatMap((suite) => linesOf(`${suite}.figures.ndjson`) ?? []),
  load: () => linesOf('load.ndjson'),
  /** @returns the file new figures of a suite go to; those of its last run are gone */
  start(suite) {
    begin(`${suite}.results.ndjson`)
    return begin(`${suite}.figures.ndjson`)
  },
  startLoad: () => begin('load.ndjson'),
  end(suite, results) {
    writeFileSync(at(`${suite}.results.ndjson`), results.map(({ file, name, ok }) => `${JSON.stringify({ suite, file, name, ok })}\n`).join(''))
  },
}
