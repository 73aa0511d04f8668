// Writes the bundle for Cloudflare Workers, and the licences of what is inside, into the package.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { licences, workerBundle } from './worker-bundle.mjs'

const folder = fileURLToPath(new URL('../packages/bff/dist-workers/', import.meta.url))
const { text, packages } = await workerBundle()
mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}workers.js`, text)
writeFileSync(`${folder}LICENSES.txt`, licences(packages))
console.log(`packages/bff/dist-workers/workers.js  ${(gzipSync(text).length / 1024).toFixed(1)} KiB gzipped`)
