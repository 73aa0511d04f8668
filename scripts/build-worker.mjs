// Writes the modules for Cloudflare Workers, and the licences of what is inside, into the package.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { licences, workerBundle } from './worker-bundle.mjs'

const folder = fileURLToPath(new URL('../packages/bff/dist-workers/', import.meta.url))
const { files, packages } = await workerBundle()
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries({ ...files, 'LICENSES.txt': licences(packages) })) writeFileSync(`${folder}${name}`, text)
console.log(`packages/bff/dist-workers/  ${(gzipSync(Object.values(files).join('')).length / 1024).toFixed(1)} KiB gzipped`)
