// `npm run proof`: writes docs/proof.md from the last run of every suite of `npm test` and the last ten minutes of load.
// `--run` makes a new run of both first; `--check` compares with the page that is there and changes nothing.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { differences } from './test/noise.mjs'
import { kept } from './test/kept.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)
const page = 'docs/proof.md'
const asked = process.argv.slice(2)
const say = (text) => process.stderr.write(`${text}\n`)

const measure = (what, args, env) => {
  say(`running: ${what}`)
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { stdio: ['ignore', 2, 2], env: { ...process.env, ...env } })
}

const { usual } = await import('./test/suites.mjs')
if (asked.includes('--run') || !kept.results(usual)) measure('npm test', ['scripts/test.mjs'])
if (asked.includes('--run') || !kept.load()) measure('npm run bench load', ['--conditions=@mail-gateway/source', 'bench/run.ts', 'load'], { MGS_FIGURES: kept.startLoad() })

const results = kept.results(usual)
if (!results) {
  say('There is no complete run of npm test to read.')
  process.exit(1)
}
const { faults } = await import('../test/faults/table.ts')
const { proofOf } = await import('../test/proof/page.ts')
const { text, open } = proofOf({ results, figures: [...kept.figures(usual), ...(kept.load() ?? [])], faults })

if (asked.includes('--check')) {
  const found = differences(readFileSync(page, 'utf8'), text)
  for (const line of found) say(line)
  say(found.length ? `${page} says otherwise in ${found.length} lines` : `${page} says the same, within noise`)
  process.exitCode = found.length ? 1 : 0
} else {
  writeFileSync(join(root, page), text)
  say(open.length ? `${page} is written; open: ${open.join(', ')}` : `${page} is written; every promise holds`)
  process.exitCode = open.length ? 1 : 0
}
