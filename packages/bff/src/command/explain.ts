import type { ExplainRequest, Explanation } from '@mail-gateway/contract'
import { parseArgs } from 'node:util'
import { explainFailure, knownModes } from '../findings/explain.ts'
import { tellersOf } from '../gateways/explain.ts'
import { modes } from '../modes/index.ts'
import { explainBody } from '../openapi/requests.ts'
import { WrongCall, textOf } from './check.ts'
import { findingLines } from './print.ts'

/** Characters that are read; a log may be longer, a failure is not. */
const longest = 1024 * 1024

/**
 * `mail-gateway explain [FILE | -] [--json]`: what a failure means and what to do. The text is a failure as a program caught
 * it, `{"raw", "context"}`, or anything that quotes one.
 * @returns 0 explained, 1 where nothing known fits
 * @throws WrongCall for an unknown option or mode, a context of another form, nothing to read
 */
export const explain = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = options(argv)
  if (positionals.length > 1) throw new WrongCall('name one file, or - for standard input:  mail-gateway explain FILE')
  const explanation = explainText(await textOf(positionals[0] ?? '-'))
  process.stdout.write(values.json === true ? `${JSON.stringify(explanation)}\n` : `${linesOf(explanation).join('\n')}\n`)
  return explanation.id === null ? 1 : 0
}

/**
 * What a text means that holds a request or the failure itself.
 * @throws WrongCall
 */
export const explainText = (text: string): Explanation => explainFailure(requestIn(text.replace(/^\uFEFF/, '').slice(0, longest)), tellersOf(modes))

const options = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: { json: { type: 'boolean' } } })
  } catch (error) {
    throw new WrongCall((error as Error).message)
  }
}

const requestIn = (text: string): ExplainRequest => {
  if (!text.trim()) throw new WrongCall('there is nothing to explain: give a failure in a file or on standard input')
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || !('raw' in value)) return { raw: value ?? text.trim() }
  const { raw, context } = value as { raw: unknown; context?: unknown }
  const request = explainBody.safeParse({ raw, ...(context !== undefined && { context }) })
  if (!request.success) throw new WrongCall(request.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`).join('\n'))
  return demandMode(request.data)
}

const demandMode = (request: ExplainRequest): ExplainRequest => {
  const mode = request.context?.mode
  const known = [...new Set([...modes.map(({ id }) => id), ...knownModes])]
  if (mode !== undefined && !known.includes(mode)) throw new WrongCall(`/context/mode: must be one of ${known.join(', ')}`)
  return request
}

/** An object, where the text is one; else it is a text like any other. */
const parsed = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

const linesOf = (explanation: Explanation): string[] => {
  const [title = '', ...rest] = findingLines(explanation)
  return [`${explanation.id === null ? '?' : '✖'} ${title.trim()}`, ...rest, ...(explanation.others.length ? ['    it may also be:', ...explanation.others.map(({ id, title: other }) => `      ${other} (${id})`)] : [])]
}
