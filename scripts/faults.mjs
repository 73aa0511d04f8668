// `npm run test:faults`: every row of the fault table on every runtime it can happen on, and the slowest answer.
// Words choose among the files, for who works on some rows: `npm run test:faults smtp token`. They prove those rows alone.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-faults-'))
process.env.MGS_FIGURES = join(folder, 'figures.ndjson')
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

const { faultFiles, faultSuite } = await import('./test/suites.mjs')
const { endAll } = await import('./test/child.mjs')
const { faults } = await import('../test/faults/table.ts')
const { casesIn, survival } = await import('./test/survival.mjs')
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { endAll(); process.exit(130) })

const print = (text) => process.stdout.write(`${text}\n`)
const began = performance.now()
const figures = () => {
  try {
    return readFileSync(process.env.MGS_FIGURES, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
  } catch {
    return []
  }
}

const indented = (why) => String(why).split('\n').slice(0, 12).map((line) => `      ${line}`).join('\n')
const show = (file, tests) => {
  const failed = tests.filter(({ ok }) => !ok)
  print(`  ${failed.length ? '✖' : '✔'} ${file}  ${tests.length - failed.length}${failed.length ? ` and ${failed.length} failed` : ''}  (at ${Math.round((performance.now() - began) / 1000)} s)`)
  if (tests[0].again) print(`    tried again by itself, as a time was missed: ${tests[0].again}`)
  for (const { name, why } of failed) print(`  ✖ ${name}\n${indented(why)}`)
}

const words = process.argv.slice(2)
const chosen = faultFiles().filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
if (chosen.length === 0) {
  print(`No file of faults is called so: ${words.join(' ')}`)
  process.exit(64)
}

const results = []
await faultSuite(chosen)((some) => {
  results.push(...some)
  for (const [file, tests] of Map.groupBy(some, (one) => one.file)) show(file, tests)
})

/** Of some files, only the rows they speak of can be asked for. */
const spoken = new Set(results.flatMap(({ name }) => casesIn(name)))
const asked = words.length === 0 ? faults : faults.map((row) => ({ ...row, on: row.on.filter((runtime) => spoken.has(`${row.id} ${runtime}`)) })).filter(({ on }) => on.length > 0)
const { lines, survived, all } = survival(asked, results, figures())
for (const line of lines) print(line)
const failed = results.filter(({ ok }) => !ok).length
print(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && all > 0 && survived === all ? 0 : 1
