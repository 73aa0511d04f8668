// What the results of the fault tests say about the fault table.

/** `fault F18 [workerd]: …` is the row F18 on workerd; a name may cite several rows. */
const cited = /\bfault (F\d+(?:(?:, | and |, and )F\d+)*) \[(node|workerd|browser)\]/g

/** Rows with their runtime, such as `F18 workerd`, that a test's name speaks of. */
export const casesIn = (name) => [...name.matchAll(cited)].flatMap(([, ids, runtime]) => ids.match(/F\d+/g).map((id) => `${id} ${runtime}`))

const caseOf = ({ id }, runtime) => `${id} ${runtime}`
const firstLine = (why) => String(why ?? 'it gave no reason').split('\n').find((line) => line.trim())?.trim().slice(0, 200)

/** @returns {Map<string, { passed: number, failed: { name: string, why?: string }[] }>} what was found out about each case */
const outcomes = (results) => {
  const found = new Map()
  for (const { name, ok, why } of results) {
    for (const one of casesIn(name)) {
      const known = found.get(one) ?? { passed: 0, failed: [] }
      found.set(one, ok ? { ...known, passed: known.passed + 1 } : { ...known, failed: [...known.failed, { name, why }] })
    }
  }
  return found
}

/** A case is survived where at least one test passed and none failed; one that was skipped counts as failed. */
const survivedIn = (found, one) => (found.get(one)?.passed ?? 0) > 0 && found.get(one).failed.length === 0

/** Cases of the table that no passing test proves, or a failing one denies. */
export const missingCases = (faults, results) => {
  const found = outcomes(results)
  return faults.flatMap((row) => row.on.map((runtime) => caseOf(row, runtime))).filter((one) => !survivedIn(found, one))
}

const slowestOf = (figures) => figures.filter(({ of, seconds }) => /^fault F\d+ /.test(of) && Number.isFinite(seconds)).sort((a, b) => b.seconds - a.seconds)[0]

/** Why a case is not survived, one line a test. */
const reasons = (found, one) => {
  const failed = found.get(one)?.failed ?? []
  const runtime = one.split(' ')[1]
  if (failed.length === 0) return [`         ${runtime}: no test speaks of it`]
  return failed.map(({ name, why }) => `         ${runtime}: ${name}: ${firstLine(why)}`)
}

const linesOf = (found, row) => {
  const { id, fault, on, codes, absent, remark } = row
  const open = on.map((runtime) => caseOf(row, runtime)).filter((one) => !survivedIn(found, one))
  const mark = open.length ? '✖' : on.length ? '✔' : '·'
  const where = on.length ? on.join(' + ') : 'nowhere'
  return [
    `  ${mark} ${id.padEnd(4)} ${where.padEnd(14)} ${(codes[0] ?? '(all is well)').padEnd(28)} ${fault}`,
    ...(absent ? [`         ${on.length ? 'not elsewhere' : 'not tried'}: ${absent}`] : []),
    ...(remark ? [`         ${remark}`] : []),
    ...open.flatMap((one) => reasons(found, one)),
  ]
}

/** Cases by runtime, as `node 97/97`. */
const byRuntime = (faults, found) => ['node', 'workerd', 'browser'].flatMap((runtime) => {
  const wanted = faults.filter(({ on }) => on.includes(runtime)).map((row) => caseOf(row, runtime))
  return wanted.length ? [`${runtime} ${wanted.filter((one) => survivedIn(found, one)).length}/${wanted.length}`] : []
})

/** @returns lines to print, the last of them `faults survived N/N`, and the two numbers */
export const survival = (faults, results, figures) => {
  const found = outcomes(results)
  const missing = missingCases(faults, results)
  const tried = faults.filter(({ on }) => on.length > 0)
  const untried = faults.filter(({ on }) => on.length === 0)
  const survived = tried.filter(({ id }) => !missing.some((one) => one.startsWith(`${id} `))).length
  const tests = results.filter(({ ok, name }) => ok && casesIn(name).length > 0).length
  const slowest = slowestOf(figures)
  const lines = ['', ...faults.flatMap((row) => linesOf(found, row)), '']
  if (missing.length > 0) lines.push(`not survived: ${missing.join(', ')}`)
  if (untried.length > 0) lines.push(`without a subject, so that no test can claim them: ${untried.map(({ id }) => id).join(' ')}`)
  if (slowest) lines.push(`slowest answer: ${slowest.seconds.toFixed(1)} s${slowest.bound ? ` of ${slowest.bound} s` : ''} (${slowest.of.replace(/^fault /, '')}${slowest.what ? `, ${slowest.what}` : ''})`)
  lines.push(`faults survived ${survived}/${tried.length} (${[...byRuntime(faults, found), `${tests} tests`].join(', ')})`)
  return { lines, survived, all: tried.length }
}
