// Installs what package-lock.json names, and makes sure that Node 24 came with it.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { during, Missing, run } from '../progress.mjs'

const windows = process.platform === 'win32'
const wanted = 24

const packagesOf = (file) => existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {}

/**
 * Paths whose installed version differs from the lockfile's. npm writes its own record at the very end of an
 * installation, so a half-finished one counts as missing, and one made by hand as done.
 */
export const stale = (root) => {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  return Object.entries(packagesOf(join(root, 'package-lock.json')))
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional && !entry.devOptional && !entry.link)
    .filter(([path, entry]) => installed[path]?.version !== entry.version)
    .map(([path]) => path)
}

/** npm must not run on the Node that lies in the folder it is about to replace. */
const pathWithout = (root) =>
  (process.env.PATH ?? '').split(delimiter).filter((part) => !part.startsWith(join(root, 'node_modules'))).join(delimiter)

const npm = (root, args) => {
  const cli = process.env.npm_execpath
  const outer = process.env.npm_node_execpath
  const options = { cwd: root, env: { ...process.env, PATH: pathWithout(root) }, timeout: 900_000 }
  if (cli && outer && !outer.startsWith(join(root, 'node_modules'))) return run(outer, [cli, ...args], options)
  return run(windows ? 'npm.cmd' : 'npm', args, { ...options, shell: windows })
}

const lastLines = (text) => text.trim().split('\n').slice(-15).map((line) => `    ${line}`).join('\n')

export const installPackages = async (root) => {
  const changed = stale(root)
  if (changed.length === 0) return
  const { code, output } = await during(`installing ${changed.length} packages (npm ci)`, () => npm(root, ['ci']))
  if (code !== 0) {
    throw new Missing(`npm ci ended with code ${code}. What it said last:\n${lastLines(output)}\n`
      + '  Check that npm reaches its registry (npm ping), then run the same command again.')
  }
}

const nodeIn = (root) => join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')

const majorOf = async (file) => {
  const { code, output } = await run(file, ['--version'], { timeout: 20_000 })
  return code === 0 ? Number(/^v(\d+)/.exec(output.trim())?.[1] ?? 0) : 0
}

/**
 * Sources run directly on Node 24, which the package `node` brings by its install step.
 * Where install steps are switched off, that one is run here.
 * @returns {Promise<string>} path of a Node 24
 */
export const bringNode = async (root) => {
  const file = nodeIn(root)
  if (existsSync(file) && await majorOf(file) >= wanted) return file
  await during('bringing Node 24 (install step of the package "node")', () => npm(root, ['rebuild', 'node']))
  if (await majorOf(file) >= wanted) return file
  const folder = join(root, 'node_modules', 'node')
  await during('bringing Node 24 (the same step, called directly)', () =>
    run(process.execPath, ['installArchSpecificPackage.js'], { cwd: folder, env: { ...process.env, PATH: pathWithout(root) } }))
  if (await majorOf(file) >= wanted) return file
  if (Number(process.versions.node.split('.')[0]) >= wanted) return process.execPath
  throw new Missing(`Node 24 is missing; this runs on ${process.version}. The package "node" was to bring it and did not.\n`
    + '  Either let npm run its install step:  npm config set ignore-scripts false && npm ci\n'
    + '  or install Node 24 yourself and run the same command again.')
}
