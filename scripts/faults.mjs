// `npm run test:faults`: every row of the fault table on every runtime it can happen on, and the slowest answer.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-faults-'))
process.env.MGS_FIGURES = join(folder, 'figures.ndjson')
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const { suites } = await import('./test/suites.mjs')
const { endAll } = await import('./test/child.mjs')
const { faults } = await import('../test/faults/table.ts')
const { survival } = await import('./test/survival.mjs')
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { endAll(); process.exit(130) })

const print = (text) => process.stdout.write(`${text}\n`)
const figures = () => {
  try {
    return readFileSync(process.env.MGS_FIGURES, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
  } catch {
    return []
  }
}

const results = []
await suites.faults((some) => {
  results.push(...some)
  for (const [file, tests] of Map.groupBy(some, (one) => one.file)) print(`  ${tests.every(({ ok }) => ok) ? '✔' : '✖'} ${file}  ${tests.length}`)
  for (const { name, why } of some.filter(({ ok }) => !ok)) print(`  ✖ ${name}\n${String(why).split('\n').slice(0, 12).map((line) => `      ${line}`).join('\n')}`)
})

const { lines, survived, all } = survival(faults, results, figures())
for (const line of lines) print(line)
const failed = results.filter(({ ok }) => !ok).length
print(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && survived === all ? 0 : 1
