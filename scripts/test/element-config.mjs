// The element's own test configuration, with results written as JSON lines instead of printed.
import { appendFileSync } from 'node:fs'
import { isUntimely } from './untimely.mjs'
import base from '../../web-test-runner.config.mjs'

const write = (result) => appendFileSync(process.env.MGS_RESULTS, `${JSON.stringify(result)}\n`)

const testsOf = (group, above) => {
  const names = group.name ? [...above, group.name] : above
  return [
    ...group.tests.map((test) => ({ ...test, name: [...names, test.name].join(' › ') })),
    ...group.suites.flatMap((child) => testsOf(child, names)),
  ]
}

const compared = (error) => error?.expected === undefined ? '' : `expected: ${error.expected}\nactual:   ${error.actual}`

/** Browsers differ in whether the stack begins with the message. */
const told = (error) => [error?.stack?.includes(error.message) ? '' : error?.message, compared(error), error?.stack].filter(Boolean).join('\n') || 'failed without a reason'

const whyOf = ({ passed, skipped, error }) => {
  if (skipped) return 'skipped: a test that does not run proves nothing'
  if (!passed) return told(error)
  return undefined
}

const reporter = {
  reportTestFileResults({ testFile, sessionsForTestFile }) {
    for (const session of sessionsForTestFile) {
      const tests = session.testResults ? testsOf(session.testResults, []) : []
      for (const test of tests) {
        const why = whyOf(test)
        write({ file: testFile, name: test.name, ms: Math.round(test.duration ?? 0), ok: why === undefined, ...(why && { why }), ...(isUntimely(test.error?.name) && { untimely: true }) })
      }
      for (const error of session.errors) write({ file: testFile, name: 'the page', ok: false, why: told(error) })
      if (tests.length === 0 && session.errors.length === 0) write({ file: testFile, name: 'the file', ok: false, why: 'it holds no test' })
    }
  },
  onTestRunFinished: () => write({ finished: true }),
}

export default { ...base, reporters: [reporter] }
