// The data inside the Worker's bundle: what the code reads of it, in columns, in which alike texts lie side by side, and packed.
import { readFile } from 'node:fs/promises'
import { brotliCompressSync, constants } from 'node:zlib'

/** What `CatalogueEntry` declares; of links the first is the one that is shown. */
const entryOf = ({ id, checkSteps, modes, priority, match, title, cause, pointsTo: { fields, portalSteps }, fix, retry: { class: kind, text, waitSeconds }, docs }) => ({
  id, match, title, cause, fix, priority, checkSteps, modes,
  pointsTo: { fields, portalSteps }, retry: { class: kind, text, waitSeconds }, docs: docs.slice(0, 1),
})

/** Columns in which most values come back: the values once, and which of them each row has. */
const repeated = ['checkSteps', 'modes', 'pointsTo', 'retry', 'docs']

const columnOf = (rows, name) => {
  const values = rows.map((row) => row[name])
  if (!repeated.includes(name)) return { values }
  const texts = values.map((value) => JSON.stringify(value))
  const distinct = [...new Set(texts)]
  return { values: distinct.map((text) => JSON.parse(text)), at: texts.map((text) => distinct.indexOf(text)) }
}

/** Brotli makes a seventh less of these texts than the gzip a Worker travels in. */
const packed = (value) => {
  const text = JSON.stringify(value)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text) }
  return brotliCompressSync(text, { params }).toString('base64')
}

const unpack = `import { Buffer } from 'node:buffer'
import { brotliDecompressSync } from 'node:zlib'
const unpack = (text) => JSON.parse(brotliDecompressSync(Buffer.from(text, 'base64')).toString())
`

/** The catalogue as a module with the same default export as the file's, as far as it is read. */
export const catalogueModule = (text) => {
  const rows = JSON.parse(text).entries.map(entryOf)
  const columns = Object.fromEntries(Object.keys(rows[0]).map((name) => [name, columnOf(rows, name)]))
  return `${unpack}const columns = unpack('${packed(columns)}')
const value = ({ values, at }, row) => values[at ? at[row] : row]
export default { entries: columns.id.values.map((_, row) => Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, value(column, row)]))) }
`
}

const cloudOf = ({ id, name, status, authority, graphHost, graphDefaultScope, smtpClientCredentialsScope, smtp: { host, port }, imap, portals: { entra, exchangeAdmin, m365Admin }, deepLinks, powershell, detect }) => ({
  id, name, status, authority, graphHost, graphDefaultScope, smtpClientCredentialsScope, smtp: { host, port }, imap: imap && { host: imap.host },
  portals: { entra, exchangeAdmin, m365Admin }, deepLinks,
  powershell: powershell && { connectMgGraphEnvironment: powershell.connectMgGraphEnvironment, exchangeEnvironmentName: powershell.exchangeEnvironmentName, azCloudName: powershell.azCloudName },
  detect: detect && { openIdMsgraphHost: detect.openIdMsgraphHost, openIdCloudInstanceName: detect.openIdCloudInstanceName, tenantRegionSubScope: detect.tenantRegionSubScope },
})

/** Microsoft's clouds without the remarks on where each value was read. */
export const cloudsModule = (text) => {
  const { garbleDetector: { patterns }, clouds } = JSON.parse(text)
  return `export default ${JSON.stringify({ garbleDetector: { patterns }, clouds: clouds.map(cloudOf) })}`
}

/** Puts those modules in the place of the files. */
export const lighter = {
  name: 'lighter',
  setup(bundler) {
    for (const [filter, moduleOf] of [[/findings[/\\]catalogue\.json$/, catalogueModule], [/microsoft[/\\]clouds\.json$/, cloudsModule]]) {
      bundler.onLoad({ filter }, async ({ path }) => ({ contents: moduleOf(await readFile(path, 'utf8')) }))
    }
  },
}
