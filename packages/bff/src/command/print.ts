import type { CheckEvent, CheckResult, CheckStatus, Finding, PlanRow } from '@mail-gateway/contract'

const marks: Readonly<Record<CheckStatus, string>> = { pass: '✔', warn: '!', fail: '✖', skip: '·', unproven: '?' }
const wordsOf: Readonly<Record<CheckStatus, string>> = { pass: 'Passed', warn: 'Advice', fail: 'Failed', skip: 'Not run', unproven: 'Not proven' }

/** Prints a run: one JSON object a line, or rows for people. Server text has been made inert before it comes here. */
export const printer = (json: boolean): ((event: CheckEvent) => void) => {
  const out = (line: string) => process.stdout.write(`${line}\n`)
  if (json) return (event) => out(JSON.stringify(event))
  let rows: readonly PlanRow[] = []
  return (event) => {
    if (event.event === 'plan') rows = event.rows
    if (event.event === 'result') for (const line of rowLines(event, rows)) out(line)
    if (event.event === 'end') out(`\n${{ passed: 'Passed', failed: 'Failed', unproven: 'Not proven' }[event.verdict]} after ${duration(event.ms)}`)
    if (event.event === 'problem') out(`${event.problem.title}: ${event.problem.detail}`)
  }
}

// Most steps take milliseconds; "0.0 s" would say nothing about them.
const duration = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`)

const rowLines = (result: CheckResult, rows: readonly PlanRow[]): string[] => {
  const label = rows.find(({ id }) => id === result.id)?.label ?? result.id
  const facts = Object.entries(result.evidence ?? {}).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') || 'none' : String(value)}`).join(', ')
  const time = result.status === 'skip' ? '' : `  ${duration(result.ms)}`
  return [`${marks[result.status]} ${label.padEnd(34)} ${wordsOf[result.status].padEnd(10)}${time}${facts ? `  ${facts}` : ''}`, ...(result.finding ? findingLines(result.finding) : [])]
}

/** A finding for people. */
export const findingLines = ({ title, cause, fixes, said, code, id, retry, who }: Finding): string[] => [
  `    ${title}`, `    ${cause}`,
  ...fixes.map(({ text, link }, n) => `    ${n + 1}. ${text}${link ? `  ${link}` : ''}`),
  ...(who ? [`    Who can do it: ${who}`] : []),
  `    Try again? ${retry.text}`,
  `    code ${code}${id ? `, catalogue ${id}` : ''}`,
  ...(said ? [`    the server said: ${said}`] : []),
]
