// A process that saves without end, and what is found in its file after it.
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { sqliteStore } from '../../packages/bff/src/adapters/node/store.ts'
import type { StoredGateway } from '../../packages/bff/src/ports/store.ts'
import { migrations } from '../../packages/bff/src/store/tables.ts'

/** The writer as one file with nothing but the store in it: a process that begins quickly. */
export const writerIn = async (folder: string): Promise<string> => {
  const file = join(folder, 'src', 'adapters', 'node', 'writer.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('./kill-writer.ts', import.meta.url))], outfile: file,
    bundle: true, minify: true, platform: 'node', format: 'esm', conditions: ['@mail-gateway/source'], logLevel: 'error',
  })
  // Where the store looks for its tables' files, seen from its own place.
  mkdirSync(join(folder, 'migrations'))
  for (const name of migrations) copyFileSync(new URL(`../../packages/bff/migrations/${name}`, import.meta.url), join(folder, 'migrations', name))
  return file
}

export interface Writer {
  /** The last revision it said was saved; 0 before the first. */
  acknowledged(): number
  readonly begun: Promise<void>
  signal(name: NodeJS.Signals): void
  /** Resolves once it is gone and all it said was heard. */
  readonly ended: Promise<void>
}

export const startWriter = (file: string, path: string): Writer => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const first = Promise.withResolvers<void>()
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-200); first.resolve() })
  const ended = new Promise<void>((resolve) => child.once('close', () => { first.resolve(); resolve() }))
  const acknowledged = () => Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1) || 0)
  return { acknowledged, begun: first.promise, ended, signal: (name) => void child.kill(name) }
}

/** True where every part of the record is of one revision. */
export const isWhole = ({ revision: n, name, settings, secrets, status, updatedBy, damaged }: StoredGateway): boolean =>
  !damaged && name === `n${n}` && settings['n'] === n && String(settings['signature']).startsWith(`${n} `) && secrets['password']?.sealed === `s${n}` && status.runId === `r${n}` && updatedBy === `u${n}`

/** What somebody finds who opens the file the way the product does. */
export const found = async (path: string): Promise<{ gateway: StoredGateway | undefined; sound: boolean }> => {
  const store = sqliteStore(path)
  try {
    const gateway = await store.getGateway('acme', 'g1')
    const file = new DatabaseSync(path)
    const sound = file.prepare('PRAGMA integrity_check').get()?.['integrity_check'] === 'ok'
    file.close()
    return { gateway, sound }
  } finally {
    await store.close()
  }
}
