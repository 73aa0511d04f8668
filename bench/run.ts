import { mkdir, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checklist } from './checklist.ts'
import { gateways } from './gateways.ts'
import { memory } from './memory.ts'
import { kept, table } from './report.ts'
import type { Result } from './report.ts'
import { saves } from './saves.ts'

const parts: Readonly<Record<string, (out: string) => Promise<Result>>> = { checklist, gateways, saves, memory }

const out = relative(process.cwd(), fileURLToPath(new URL('out', import.meta.url)))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in parts))

if (unknown.length) {
  process.stderr.write(`no part is called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}\n`)
  process.exit(64)
}

await mkdir(out, { recursive: true })
const results: Result[] = []
for (const name of wanted.length ? wanted : Object.keys(parts)) {
  process.stderr.write(`${name} ...\n`)
  results.push(await parts[name]!(out))
}

console.log(`\n${table(results)}\n`)
for (const { title, notes } of results) console.log([title, ...notes.map((note) => `- ${note}`), ''].join('\n'))
await writeFile(`${out}/results.json`, `${JSON.stringify({ at: new Date().toISOString(), node: process.version, results }, null, 2)}\n`)
console.log(`The same figures as JSON: ${out}/results.json`)
process.exitCode = kept(results) ? 0 : 1
