// The product once more, with every `await` of its own code made to fail on demand. Nothing is written for it: the compiler
// turns each `await` into one call, and that call may answer with a failure instead.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { createMailGateway } from '@mail-gateway/bff'
import type { nodePorts } from '@mail-gateway/bff/node'
import { migrations } from '../../packages/bff/src/store/tables.ts'

/** One `await` as it stands in the sources. */
export interface Point {
  readonly file: string
  /** The statement it stands in, as the compiler prints it. */
  readonly text: string
}

/** Which `await` fails, and how. */
export interface Plan {
  /** Place in `points`. */
  readonly point: number
  /** Whether it is the first, second, … time this one is met. */
  readonly time: number
  readonly how: 'error' | 'text' | 'never'
}

export interface Instrumented {
  readonly points: readonly Point[]
  readonly createMailGateway: typeof createMailGateway
  readonly nodePorts: typeof nodePorts
  /** Does the work, and all that it sets going, with the planned `await` failing; without a plan all goes well. */
  during<T>(plan: Plan | undefined, work: () => Promise<T>): Promise<T>
  /** @returns what was met since, in order, and whether the planned one was among them */
  disarm(): { readonly met: readonly number[]; readonly fired: boolean }
}

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Not ours, or nothing that waits. */
const foreign = ['@azure/msal-node', 'hono', 'hono/*', '@hono/node-server', 'jose', 'kysely', 'nodemailer', 'nodemailer/*', 'zod']

const entry = "export { createMailGateway } from '@mail-gateway/bff'; export { nodePorts } from '@mail-gateway/bff/node'"

/** The product's code in one file, each `await` a `yield` to the compiler's helper. */
const lowered = async (): Promise<string> => {
  const result = await build({
    stdin: { contents: entry, resolveDir: join(root, 'test/faults'), loader: 'ts' }, bundle: true, write: false, format: 'esm', platform: 'node', target: 'es2024',
    supported: { 'async-await': false, 'async-generator': false, 'for-await': false },
    conditions: ['@mail-gateway/source'], external: foreign, logLevel: 'error', absWorkingDir: root,
  })
  return result.outputFiles[0]!.text
}

const preamble = `
import { AsyncLocalStorage as __Inside } from 'node:async_hooks'
const __inside = new __Inside()
const __plan = { token: undefined, met: undefined, wanted: undefined, fired: false }
let __marks = []
const __mark = (id) => { __marks.push(id); return false }
const __trip = (value) => {
  const id = __marks.pop()
  const { met, wanted } = __plan
  // The end of what went before is none of this task's.
  if (!met || id === undefined || __inside.getStore() !== __plan.token) return Promise.resolve(value)
  met.push(id)
  if (!wanted || wanted.point !== id || --wanted.left > 0 || __plan.fired) return Promise.resolve(value)
  __plan.fired = true
  Promise.resolve(value).catch(() => {})
  if (wanted.how === 'never') return new Promise(() => {})
  const failure = wanted.how === 'text' ? 'injected' : Object.assign(new Error('injected'), { code: 'EINJECTED' })
  return Promise.resolve(value).then(() => { throw failure }, () => { throw failure })
}
`

const handle = `
export const __handle = {
  during(plan, work) {
    Object.assign(__plan, { token: {}, met: [], wanted: plan && { ...plan, left: plan.time }, fired: false })
    return __inside.run(__plan.token, work)
  },
  disarm() { const { met, fired } = __plan; Object.assign(__plan, { met: undefined, wanted: undefined }); return { met, fired } },
}
`

const replaced = (code: string, from: string, to: string): string => {
  if (code.split(from).length !== 2) throw new Error(`the compiler's helper looks different: ${from}`)
  return code.replace(from, () => to)
}

/** Puts our call into the compiler's helpers, and a mark before each of their uses that says which one it is. */
const instrument = (code: string): { readonly code: string; readonly points: readonly Point[] } => {
  let helped = replaced(code, 'Promise.resolve(x.value).then(fulfilled, rejected)', '__trip(x.value).then(fulfilled, rejected)')
  helped = replaced(helped, 'Promise.resolve(isAwait ? v[0] : v)', '(isAwait ? __trip(v[0]) : (__marks.pop(), Promise.resolve(v)))')
  // Whoever goes on after a wait is at the bottom of the stack: marks of what threw before it waited are void.
  helped = helped.replace(/var (fulfilled|rejected) = \(value\) => \{\n/g, (line) => `${line}__marks.length = 0;\n`)
  const points: Point[] = []
  let file = ''
  let plain = ''
  const lines = helped.split('\n').map((line) => {
    file = /^\/\/ (packages\/\S+)$/.exec(line)?.[1] ?? file
    // A generator that does not wait marks nothing.
    const begins = /^(\s*)\*\w+\(.*\{$/.exec(line)?.[1]
    if (begins !== undefined && plain === '') plain = `${begins}}`
    else if (line === plain) plain = ''
    if (plain !== '' || !file.startsWith('packages/')) return line
    return line.replace(/\byield (?!\*)/g, () => `yield __mark(${points.push({ file, text: line.trim() }) - 1}) ? 0 : `)
  })
  return { code: preamble + lines.join('\n') + handle, points }
}

let copies = 0

/** A copy of its own each time: two of them fail apart. */
export const instrumented = async (): Promise<Instrumented & { dispose(): void }> => {
  const { code, points } = instrument(await lowered())
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'mail-gateway-awaits-'))
  // Where the store looks for its tables' files, seen from its own place.
  const module = join(folder, `src/adapters/node/copy-${copies++}.mjs`)
  mkdirSync(dirname(module), { recursive: true })
  mkdirSync(join(folder, 'migrations'))
  for (const name of migrations) copyFileSync(join(root, 'packages/bff/migrations', name), join(folder, 'migrations', name))
  writeFileSync(module, code)
  const made = await import(pathToFileURL(module).href) as Pick<Instrumented, 'createMailGateway' | 'nodePorts'> & { __handle: Pick<Instrumented, 'during' | 'disarm'> }
  return { points, createMailGateway: made.createMailGateway, nodePorts: made.nodePorts, ...made.__handle, dispose: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Awaits in the sources themselves, to hold the number that was found against. */
export const awaitsIn = (file: string): number => readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').match(/\bawait\b/g)?.length ?? 0
