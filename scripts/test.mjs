// Runs the suites one after another and counts every test. `npm test` runs all; arguments choose: `npm test unit wire`.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)

if (Number(process.versions.node.split('.')[0]) < 24) {
  // Called without npm: npm's own PATH would have found the Node that came with the packages.
  const { status } = spawnSync(join(root, 'node_modules/node/bin/node'), process.argv.slice(1), { stdio: 'inherit' })
  process.exit(status ?? 1)
}

const { suites, usual } = await import('./test/suites.mjs')
const { endAll } = await import('./test/child.mjs')
const { byList, required, rowsIn } = await import('./rows.mjs')
const { kept } = await import('./test/kept.mjs')
const { missingCases } = await import('./test/survival.mjs')
const { faults } = await import('../test/faults/table.ts')

let printedAt = performance.now()
/** Milliseconds without a word before a sign of life. */
const quiet = 30_000
const print = (text = '') => {
  printedAt = performance.now()
  process.stdout.write(`${text}\n`)
}
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`
const numbers = (results) => ({ passed: results.filter(({ ok }) => ok).length, failed: results.filter(({ ok }) => !ok).length })

/** Lines of a reason that are printed. */
const shown = 30

const show = ({ file, name, why }) => {
  print(`  ✖ ${file}: ${name}`)
  const lines = (why ?? '').split('\n')
  print([...lines.slice(0, shown), ...(lines.length > shown ? ['…'] : [])].map((line) => `      ${line}`).join('\n'))
}

/** One line per file as it ends, its failures under it. */
const progress = (began) => (results) => {
  const files = Map.groupBy(results, ({ file }) => file)
  for (const [file, tests] of files) {
    const { passed, failed } = numbers(tests)
    print(`  ${failed ? '✖' : '✔'} ${file}  ${passed}${failed ? ` and ${failed} failed` : ''}  (at ${seconds(began)})`)
    if (tests[0].again) print(`    tried again by itself, as a time was missed: ${tests[0].again}`)
    tests.filter(({ ok }) => !ok).forEach(show)
  }
}

const runSuite = async (name) => {
  const began = performance.now()
  const results = []
  // What the page of proofs is made from.
  process.env.MGS_FIGURES = kept.start(name)
  print(`\n${name}`)
  const told = progress(began)
  // A browser suite reports at its end; until then it should be seen that it is alive.
  const alive = setInterval(() => { if (performance.now() - printedAt > quiet) print(`  … (at ${seconds(began)})`) }, 1000)
  try {
    await suites[name]((some) => { results.push(...some.map((result) => ({ suite: name, ...result }))); told(some) })
  } catch (error) {
    results.push({ suite: name, file: name, name: 'the suite', ok: false, why: error.stack })
    show(results.at(-1))
  } finally {
    clearInterval(alive)
  }
  if (results.length === 0) {
    results.push({ suite: name, file: name, name: 'the suite', ok: false, why: 'it ran no test' })
    show(results.at(-1))
  }
  kept.end(name, results)
  const { passed, failed } = numbers(results)
  print(`${name}: ${passed} passed, ${failed} failed in ${seconds(began)}`)
  return results
}

const showRows = (proven) => {
  print('\nrows cited by tests that passed')
  for (const [list, ids] of Object.entries(byList(proven))) print(`  ${list}: ${ids.length} (${ids.join(' ')})`)
}

const missingRows = (proven) => required.filter((row) => !proven.includes(row))
  .map((row) => ({ suite: 'rows', file: 'scripts/rows.mjs', name: row, ok: false, why: 'no passing test cites this row' }))

/** A complete run proves every fault on every runtime it can happen on. */
const missingFaults = (results) => missingCases(faults, results)
  .map((one) => ({ suite: 'rows', file: 'test/faults/table.ts', name: `fault ${one}`, ok: false, why: 'no passing test, or a failing one, cites this fault on this runtime' }))

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !Object.hasOwn(suites, name))
if (unknown.length > 0) {
  print(`There is no suite ${unknown.join(', ')}. Choose from: ${Object.keys(suites).join(' ')}`)
  process.exit(64)
}

const complete = chosen.length === 0

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { endAll(); process.exit(130) })

const results = []
for (const name of complete ? usual : chosen) results.push(...await runSuite(name))

const proven = results.filter(({ ok }) => ok).flatMap(({ name }) => rowsIn(name))
showRows(proven)
if (complete) results.push(...missingRows(proven), ...missingFaults(results))

const again = new Set(results.filter((result) => result.again).map(({ file }) => file))
if (again.size > 0) print(`\ntried again, each by itself, as a time was missed: ${[...again].join(', ')}`)

const failures = results.filter(({ ok }) => !ok)
if (failures.length > 0) print('\nfailures')
failures.forEach(show)

const { passed, failed } = numbers(results)
print(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
