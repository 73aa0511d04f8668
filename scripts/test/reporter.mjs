// Turns node:test's events into one JSON object a line: what a test was called, how it ended, why.
import { isUntimely } from './untimely.mjs'

const nameOf = (stack, { nesting, name }) => [...stack.slice(0, nesting), name].join(' › ')

/** node:test wraps what was thrown; the reader wants the thrown thing. */
const whyOf = (error) => {
  const thrown = error?.cause ?? error
  return String(thrown?.stack ?? thrown?.message ?? thrown)
}

/** A missed time can be the machine's fault, our own or one that a library waited for: a file that fails by nothing else is tried again. */
const untimely = (error) => isUntimely((error?.cause ?? error)?.name)

const verdictOf = ({ type, data }) => {
  if (data.skip !== undefined) return { ok: false, why: 'skipped: a test that does not run proves nothing' }
  if (data.todo !== undefined) return { ok: false, why: 'marked as todo: a test that may fail proves nothing' }
  if (type === 'test:pass') return { ok: true }
  return { ok: false, why: whyOf(data.details.error), ...(untimely(data.details.error) && { untimely: true }) }
}

/** A group is not a test, and a parent that failed by its children is already counted with them. */
const counts = ({ type, data }) => type === 'test:pass'
  ? data.details.type !== 'suite'
  : data.details.error?.failureType !== 'subtestsFailed'

export default async function* report(events) {
  const stack = []
  for await (const event of events) {
    const { type, data } = event
    // A test is told of as started only when it is reported, which is at its end: this one comes when it begins.
    if (type === 'test:dequeue') yield `${JSON.stringify({ started: data.name })}\n`
    if (type === 'test:start') {
      stack.length = data.nesting
      stack.push(data.name)
    }
    if ((type === 'test:pass' || type === 'test:fail') && counts(event)) {
      yield `${JSON.stringify({ name: nameOf(stack, data), ms: Math.round(data.details.duration_ms), ...verdictOf(event) })}\n`
    }
    if (type === 'test:pass' || type === 'test:fail') yield `${JSON.stringify({ ended: data.name })}\n`
    if (type === 'test:summary') yield `${JSON.stringify({ finished: true })}\n`
  }
}
