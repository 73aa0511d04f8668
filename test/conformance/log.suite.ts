// `log`: one line of JSON a call, with what was declared and nothing else.
import type { LogEvent } from '../../packages/bff/src/ports/ports.ts'
import type { Subject } from './subject.ts'
import { eventually, holds, pause, same } from './suite.ts'
import type { Suite } from './suite.ts'
import type { World } from './world.ts'

type Line = Readonly<Record<string, unknown>>

const mark = (): string => `mark-${crypto.randomUUID()}`

const written = async ({ ports }: Subject, world: World, event: string, more: Partial<LogEvent> = {}): Promise<Line> => {
  ports.log({ level: 'warn', event, ...more })
  const lines = await eventually(() => world.logged(event), (all) => all.length > 0, 'the line is in the log')
  same(lines.length, 1, 'lines')
  return JSON.parse(lines[0]!) as Line
}

/** More than a log may take: objects, functions, errors with a circle, as they come in by mistake. */
const foreign = (): Record<string, string | number | boolean | undefined> => {
  const circle: Record<string, unknown> = { password: 'canary-in-an-object' }
  circle['self'] = circle
  return { host: 'mail.demo.test', port: 587, tls: true, nothing: undefined, ...{ socket: circle, error: Object.assign(new Error('canary-in-an-error'), { circle }), call: () => 'canary' } as unknown as Record<string, string> }
}

export const logSuite: Suite<Subject> = {
  'one line of JSON a call, with time, level and event': async (subject, world) => {
    const event = mark()
    const line = await written(subject, world, event, { requestId: 'r-1', tenant: 'acme', fields: { host: 'mail.demo.test', port: 587, ok: true } })
    const { time, ...rest } = line
    holds(Math.abs(Date.parse(String(time)) - await world.now()) < 60_000, `a time as ISO 8601: ${time}`)
    same(rest, { level: 'warn', event, requestId: 'r-1', tenant: 'acme', host: 'mail.demo.test', port: 587, ok: true })
  },
  'line breaks and control characters in a value stay inside its line': async (subject, world) => {
    const text = 'one\ntwo\r\n{"level":"error"}\u0000\u2028end'
    same((await written(subject, world, mark(), { fields: { text } }))['text'], text)
  },
  'only texts, numbers and truths are written, whatever else is handed over (threat T11)': async (subject, world) => {
    const line = await written(subject, world, mark(), { fields: foreign() })
    same(Object.keys(line).filter((name) => !['time', 'level', 'event'].includes(name)), ['host', 'port', 'tls'])
    holds(!JSON.stringify(line).includes('canary'), 'nothing foreign is in the line')
  },
  'what is below the level is not written, and no call throws': async ({ ports }, world) => {
    const [quiet, loud] = [mark(), mark()]
    ports.log({ level: 'debug', event: quiet })
    ports.log({ level: 'error', event: loud })
    await eventually(() => world.logged(loud), (all) => all.length === 1, 'the louder line is in the log')
    await pause(50)
    same(await world.logged(quiet), [])
  },
}
