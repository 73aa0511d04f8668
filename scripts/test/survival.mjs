// What the results of the fault tests say about the fault table.

/** `fault F18 [workerd]: …` is the row F18 on workerd; a name may cite several rows. */
const cited = /\bfault (F\d+(?:(?:, | and |, and )F\d+)*) \[(node|workerd|browser)\]/g

/** Rows with their runtime, such as `F18 workerd`, that a test's name speaks of. */
export const casesIn = (name) => [...name.matchAll(cited)].flatMap(([, ids, runtime]) => ids.match(/F\d+/g).map((id) => `${id} ${runtime}`))

const passedCases = (results) => {
  const broken = new Set(results.filter(({ ok }) => !ok).flatMap(({ name }) => casesIn(name)))
  return new Set(results.filter(({ ok }) => ok).flatMap(({ name }) => casesIn(name)).filter((one) => !broken.has(one)))
}

/** Cases of the table that no passing test proves, or a failing one denies. */
export const missingCases = (faults, results) => {
  const passed = passedCases(results)
  return faults.flatMap(({ id, on }) => on.map((runtime) => `${id} ${runtime}`)).filter((one) => !passed.has(one))
}

const slowestOf = (figures) => figures.filter(({ of, seconds }) => /^fault F\d+ /.test(of) && Number.isFinite(seconds)).sort((a, b) => b.seconds - a.seconds)[0]

/** @returns lines to print, the last of them `faults survived N/N`, and the two numbers */
export const survival = (faults, results, figures) => {
  const missing = missingCases(faults, results)
  const tried = faults.filter(({ on }) => on.length > 0)
  const open = faults.filter(({ on }) => on.length === 0)
  const survived = tried.filter(({ id }) => !missing.some((one) => one.startsWith(`${id} `))).length
  const cases = results.filter(({ ok, name }) => ok && casesIn(name).length > 0).length
  const slowest = slowestOf(figures)
  const lines = ['', ...faults.map(({ id, fault, on, codes, absent }) => `  ${missing.some((one) => one.startsWith(`${id} `)) ? '✖' : on.length ? '✔' : '·'} ${id.padEnd(4)} ${(on.join('+') || 'no subject').padEnd(13)} ${codes[0] ?? '(passes)'}  ${fault}${absent ? `  [${absent}]` : ''}`)]
  if (missing.length > 0) lines.push('', `not proven: ${missing.join(', ')}`)
  if (open.length > 0) lines.push('', `rows without a subject yet, which no test can claim: ${open.map(({ id }) => id).join(' ')}`)
  if (slowest) lines.push(`slowest answer: ${slowest.seconds.toFixed(1)} s (${slowest.of.replace(/^fault /, '')})`)
  lines.push(`faults survived ${survived}/${tried.length} (${cases} cases)`)
  return { lines, survived, all: tried.length }
}
