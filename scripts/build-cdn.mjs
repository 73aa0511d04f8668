// Builds the single file for a script tag, and the hash that goes into its `integrity` attribute.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cdnFile, root } from './bundle.mjs'

const name = 'mail-gateway-settings.js'
const folder = join(root, 'packages/element/dist-cdn')
const text = await cdnFile()

// A later import would not be covered by the hash.
if (/\bimport\s*\(/.test(text)) throw new Error('The single file holds a dynamic import')

const integrity = `sha384-${createHash('sha384').update(text).digest('base64')}`
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, name), text)
writeFileSync(join(folder, 'integrity.json'), `${JSON.stringify({ [name]: integrity }, null, 2)}\n`)
console.log(`packages/element/dist-cdn/${name}  ${integrity}`)
