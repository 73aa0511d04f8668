import { mkdir, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checklist } from './checklist.ts'
import { kept, table } from './report.ts'
import type { Result } from './report.ts'

const parts: Readonly<Record<string, (out: string) => Promise<Result>>> = { checklist }

const out = relative(process.cwd(), fileURLToPath(new URL('out', import.meta.url)))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in parts))

if (unknown.length) {
  process.stderr.write(`no part is called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}\n`)
  process.exit(64)
}

const results: Result[] = []
for (const name of wanted.length ? wanted : Object.keys(parts)) {
  process.stderr.write(`${name} ...\n`)
  results.push(await parts[name]!(out))
}

console.log(`\n${table(results)}\n`)
for (const { title, notes } of results) console.log([title, ...notes.map((note) => `- ${note}`), ''].join('\n'))
await mkdir(out, { recursive: true })
await writeFile(`${out}/results.json`, `${JSON.stringify({ at: new Date().toISOString(), node: process.version, results }, null, 2)}\n`)
console.log(`The same figures as JSON: ${out}/results.json`)
process.exitCode = kept(results) ? 0 : 1
