import { mkdir, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checklist } from './checklist.ts'
import { gateways } from './gateways.ts'
import { load } from './load/load.ts'
import { memory } from './memory.ts'
import { kept, table } from './report.ts'
import type { Result } from './report.ts'
import { saves } from './saves.ts'
import { worker } from './worker/worker.ts'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string', default: '10' } } })
/** How long the load lasts. */
const minutes = Number(values.minutes)

/** Each measures one thing beside its peer; what it wants to keep goes into the folder it is given. */
const parts: Readonly<Record<string, (out: string) => Promise<Result>>> = { checklist, gateways, saves, memory, worker, load: (out) => load(out, minutes) }
/** What takes long runs where it is named. */
const long = ['load']

const out = relative(process.cwd(), fileURLToPath(new URL('out', import.meta.url)))

const run = async (names: readonly string[]): Promise<boolean> => {
  await mkdir(out, { recursive: true })
  const results: Result[] = []
  const broken: string[] = []
  for (const name of names) {
    process.stderr.write(`measuring ${name} ...\n`)
    // One part that cannot be measured must not hide the others.
    await parts[name]!(out).then((result) => results.push(result), (error: Error) => broken.push(`${name} could not be measured: ${error.message}`))
  }
  await print(results)
  for (const line of broken) process.stderr.write(`${line}\n`)
  return broken.length === 0 && kept(results)
}

const print = async (results: readonly Result[]): Promise<void> => {
  console.log(`\n${table(results)}\n`)
  for (const { title, notes } of results) console.log([title, ...notes.map((note) => `- ${note}`), ''].join('\n'))
  const path = `${out}/results.json`
  await writeFile(path, `${JSON.stringify({ at: new Date().toISOString(), node: process.version, results }, null, 2)}\n`)
  console.log(`The same figures as JSON: ${path}`)
}

const wanted = positionals
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length || !(minutes > 0)) {
  process.stderr.write(unknown.length ? `no part is called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}\n` : '--minutes takes a number above 0\n')
  process.exit(64)
}
const chosen = wanted.length ? wanted : Object.keys(parts).filter((name) => !long.includes(name))
/** Milliseconds for everything. A bench that hangs says so. */
const limit = 420_000 + (chosen.includes('load') ? minutes * 75_000 : 0)
setTimeout(() => { process.stderr.write(`not done after ${limit / 1000} s\n`); process.exit(1) }, limit).unref()
process.exitCode = await run(chosen) ? 0 : 1
