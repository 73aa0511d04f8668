// Makes a fresh clone ready for `npm start` and `npm test` on a machine that has only Node 20 and npm.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Missing, say } from './progress.mjs'
import { findChromium } from './setup/chromium.mjs'
import { bringNode, installPackages } from './setup/packages.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const setUp = async (purpose) => {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Missing(`Node 20 or newer is needed; this is ${process.version}. Install one and run the same command again.`)
  }
  await installPackages(root)
  const node = await bringNode(root)
  if (purpose === 'test') await findChromium(root, node)
}

try {
  await setUp(process.argv[2])
} catch (error) {
  if (!(error instanceof Missing)) throw error
  say(`\nsetup: ${error.message}`)
  process.exitCode = 1
}
