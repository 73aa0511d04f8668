// The suites by name, and how each is run. Every result is one test: { file, name, ok, why?, ms? }.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { runChild } from './child.mjs'

const root = process.cwd()
const source = '--conditions=@mail-gateway/source'
const testSeconds = 120

const indented = (text) => text.trim().split('\n').slice(-40).join('\n')

const linesOf = (file) => {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
  } catch {
    return []
  }
}

/** Runs `work` with a file to write results to, and reads them back. */
const withResults = async (work) => {
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-tests-'))
  try {
    const file = join(folder, 'results.ndjson')
    const child = await work(file)
    return { ...child, results: linesOf(file) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is wrong with a process as a whole, besides its tests. */
const wholeOf = ({ code, late, output, results }) => {
  const tests = results.filter(({ name }) => name)
  const last = results.findLast(({ started }) => started)?.started
  if (late) return `${late}${last ? `; the test started last: ${last}` : ''}\n${indented(output)}`
  if (!results.some(({ finished }) => finished)) return `it ended before its tests did (code ${code})\n${indented(output)}`
  if (tests.length === 0) return 'it holds no test'
  if (code !== 0 && tests.every(({ ok }) => ok)) return `all its tests passed, yet it ended with code ${code}\n${indented(output)}`
  return undefined
}

const testsOf = (outcome, file) => {
  const why = wholeOf(outcome)
  return [
    ...outcome.results.filter(({ name }) => name).map((result) => ({ file, ...result })),
    ...(why ? [{ file, name: 'the file', ok: false, why, ...(outcome.late && { left: true }) }] : []),
  ]
}

/** The browser that the set-up found, unless another one is named. */
const browser = () => {
  try {
    return { CHROME_PATH: process.env.CHROME_PATH ?? readFileSync('node_modules/.cache/chromium-path', 'utf8').trim() }
  } catch {
    return {}
  }
}

/**
 * Seconds without any event: a test has its own limit, so after that much more nothing will come; and with no test
 * running, something was left open, such as a server or a browser.
 */
const silence = { running: testSeconds + 30, idle: 60 }

const watch = (file, { running, idle }) => {
  let seen = -1
  let since = performance.now()
  return () => {
    const events = linesOf(file)
    if (events.length !== seen) [seen, since] = [events.length, performance.now()]
    const open = events.filter(({ started }) => started).length - events.filter(({ ended }) => ended).length
    const limit = open > 0 ? running : idle
    return performance.now() - since > limit * 1000 ? `nothing happened for ${limit} s` : undefined
  }
}

const runFile = async (file, seconds, limits) => {
  const outcome = await withResults((results) => runChild(process.execPath, [
    source, '--disable-warning=ExperimentalWarning', `--test-timeout=${testSeconds * 1000}`,
    `--test-reporter=${join(root, 'scripts/test/reporter.mjs')}`, `--test-reporter-destination=${results}`, file,
  ], { seconds, env: { ...browser(), FORCE_COLOR: '0' }, stuck: watch(results, limits) }))
  return testsOf(outcome, file)
}

/**
 * Why a file may be tried once more: all that failed is that a time was not kept, and what such a test left open. Other
 * work on the machine does that; a product that is too slow does it twice.
 */
const missedTime = (results) => {
  const failed = results.filter(({ ok }) => !ok)
  const missed = failed.find(({ untimely }) => untimely)
  return missed && failed.every(({ untimely, left }) => untimely || left) ? `${missed.name}: ${missed.why.split('\n')[0]}` : undefined
}

/** Several files at once where they only compute; one at a time where they measure time. Missed times are tried again last, each file by itself. */
export const nodeSuite = ({ files, atOnce, seconds, limits = silence }) => async (report) => {
  const [waiting, late] = [files(), new Map()]
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const results = await runFile(file, seconds, limits)
      const reason = missedTime(results)
      if (reason) late.set(file, reason)
      else report(results)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  for (const [file, again] of late) report((await runFile(file, seconds, limits)).map((result) => ({ ...result, again })))
}

const types = async (report) => {
  const seconds = 300
  const { code, late, output } = await runChild(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], { seconds, env: {} })
  const why = late ?? indented(output)
  report([{ file: 'tsconfig.json', name: 'every project compiles (tsc -b)', ok: code === 0, ...(code !== 0 && { why }) }])
}

/** Of the element's tests in the browser: all, or one file's. */
const runElement = async (...only) => {
  const seconds = 900
  const outcome = await withResults((results) => runChild(process.execPath, [
    source, '--disable-warning=ExperimentalWarning', 'node_modules/@web/test-runner/dist/bin.js', '--config', 'scripts/test/element-config.mjs', ...only,
  ], { seconds, env: { ...browser(), MGS_RESULTS: results, FORCE_COLOR: '0' } }))
  return testsOf(outcome, 'web-test-runner.config.mjs')
    .map((result) => ({ ...result, file: relative(root, join(root, relative(root, result.file))) }))
}

const element = async (report) => {
  const files = Map.groupBy(await runElement(), ({ file }) => file)
  const late = [...files].flatMap(([file, results]) => { const again = missedTime(results); return again ? [{ file, again }] : [] })
  for (const [file, results] of files) if (!late.some((one) => one.file === file)) report(results)
  for (const { file, again } of late) report((await runElement('--files', file)).map((result) => ({ ...result, again })))
}

/** The element's folder holds both kinds; a file for Node says so by what it imports. */
const forNode = (file) => /from 'node:test'/.test(readFileSync(file, 'utf8'))

const find = (...patterns) => globSync(patterns, { exclude: (name) => name === 'node_modules' || name === 'dist' }).sort()

/** Tests of the fault table, wherever they lie. */
export const faultFiles = () => find('test/faults/**/*.test.ts', 'test/e2e/faults-*.test.ts')
export const faultSuite = (files) => nodeSuite({ files: () => [...files], atOnce: 1, seconds: 900 })

export const suites = {
  types,
  unit: nodeSuite({ files: () => find('packages/*/src/**/*.test.ts', '{demo,bench}/**/*.test.ts').filter(forNode), atOnce: 2, seconds: 180 }),
  structure: nodeSuite({ files: () => find('test/structure/**/*.test.ts', 'scripts/**/*.test.mjs'), atOnce: 1, seconds: 300 }),
  // Whatever else crosses a boundary: HTTP, the command, conformance, settings on the wire, faults.
  wire: nodeSuite({ files: () => find('test/**/*.test.ts').filter((file) => !/^test.(structure|threats|e2e)\b/.test(file)), atOnce: 2, seconds: 240 }),
  threats: nodeSuite({ files: () => find('test/threats/**/*.test.ts'), atOnce: 1, seconds: 300 }),
  element,
  // Part of the suites above and below, and by themselves for `npm run test:faults`.
  faults: (report) => faultSuite(faultFiles())(report),
  e2e: nodeSuite({ files: () => find('test/e2e/**/*.test.ts'), atOnce: 1, seconds: 600 }),
}

/** What `npm test` runs: all but the faults by themselves, whose files belong to other suites as well. */
export const usual = Object.keys(suites).filter((name) => name !== 'faults')
