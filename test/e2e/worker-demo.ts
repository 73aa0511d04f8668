import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { served } from './demo.ts'
import type { Served } from './demo.ts'
import type { Surfaces } from './surfaces.ts'

/** The demo with its backend in workerd, as its script starts it, all it writes in one folder. */
export interface WorkerDemo extends Served {
  /** Where it writes. */
  readonly folder: string
  /** Every file it has written, by its path. */
  files(): Promise<Surfaces>
  /** Where the runtime keeps the Worker's database. */
  database(): Promise<string>
  /** The processes it consists of. */
  processes(): Promise<readonly number[]>
}

const run = promisify(execFile)

interface Process { readonly pid: number; readonly parent: number; readonly ended: boolean }

const processes = async (): Promise<readonly Process[]> => {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat='])
  return stdout.trim().split('\n').map((line) => line.trim().split(/\s+/)).map(([pid, parent, state]) => ({ pid: Number(pid), parent: Number(parent), ended: state!.startsWith('Z') }))
}

const familyOf = (all: readonly Process[], root: number): readonly number[] =>
  all.filter(({ parent, ended }) => parent === root && !ended).flatMap(({ pid }) => [pid, ...familyOf(all, pid)])

/** Those of the processes that still run. */
export const alive = async (pids: readonly number[]): Promise<readonly number[]> =>
  (await processes()).filter(({ pid, ended }) => !ended && pids.includes(pid)).map(({ pid }) => pid).toSorted((a, b) => a - b)

/** What is left of some processes once there are none or patience ends: the last to go hear of it by a closed pipe. */
export const leftOf = async (family: readonly number[], seconds = 15): Promise<readonly number[]> => {
  for (const end = performance.now() + seconds * 1000; ;) {
    const left = await alive(family)
    if (left.length === 0 || performance.now() > end) return left
    await pause(200)
  }
}

/** What comes and goes under our hands is skipped: the runtime's own temporary files. */
const readAll = async (folder: string): Promise<Surfaces> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const read = await Promise.all(files.map(async (file) => [file.slice(folder.length + 1), await readFile(file).catch(() => undefined)] as const))
  return new Map(read.flatMap(([name, bytes]) => (bytes ? [[name, bytes] as const] : [])))
}

/** How every process of this machine was called: there anybody can read. */
export const calls = async (): Promise<string> => (await run('ps', ['-A', '-ww', '-o', 'args='], { maxBuffer: 50_000_000 })).stdout

const scriptOf = async (name: string): Promise<readonly string[]> => {
  const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { scripts: Record<string, string> }
  const [program, ...args] = scripts[name]!.split(' ')
  if (program !== 'node') throw new Error(`the script ${name} starts ${program}`)
  return args
}

/** Stands between, as npm and its shell do, and passes no signal on. */
const between = ['-e', "require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })", '--']

/** Starts what `npm run demo:worker` starts, by itself or as npm does. Throws with what it printed when it does not say where it is. */
export const startWorkerDemo = async (by: 'itself' | 'npm' = 'itself'): Promise<WorkerDemo> => {
  const folder = await mkdtemp(join(tmpdir(), 'mail-gateway-e2e-'))
  const args = await scriptOf('demo:worker')
  const demo = by === 'npm'
    ? await served([...between, ...args], { TMPDIR: folder, npm_lifecycle_event: 'demo:worker' })
    : await served(args, { TMPDIR: folder, npm_lifecycle_event: '' })
  return {
    ...demo, folder,
    files: () => readAll(folder),
    async database() {
      const name = [...(await readAll(folder)).keys()].find((path) => /d1\/miniflare-D1DatabaseObject\/[0-9a-f]{64}\.sqlite$/.test(path))
      if (!name) throw new Error('there is no database among the files of the demo')
      return join(folder, name)
    },
    processes: async () => [demo.pid, ...familyOf(await processes(), demo.pid)].toSorted((a, b) => a - b),
    async stop() {
      await demo.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
