import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compatibility } from '../../test/workerd/bundle.ts'
import { newKey } from '../gateway/account.ts'

const run = promisify(execFile)
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
// The runtime comes with wrangler; its package names the program for this machine.
const require = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json'))

const configuration = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "worker.js", esModule = embed "worker.js")], compatibilityDate = "${compatibility.date}", compatibilityFlags = [${compatibility.flags.filter((flag) => flag !== 'nodejs_compat').map((flag) => `"${flag}"`).join(', ')}]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);`

/**
 * Milliseconds of processor time, on all its threads, which a fresh workerd has used when it listens: by then it has
 * compiled and evaluated the Worker's module and answered nothing yet (proc(5), schedstat).
 */
export const workerdStart = async (script: string): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'mail-gateway-start-'))
  await Promise.all([writeFile(join(folder, 'worker.js'), script), writeFile(join(folder, 'config.capnp'), configuration)])
  const { default: program } = require('workerd') as { readonly default: string }
  const child = spawn(program, ['serve', join(folder, 'config.capnp'), '--control-fd=3'], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    await listens(child)
    return await used(child.pid!)
  } finally {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true })
  }
}

const listens = (child: ReturnType<typeof spawn>): Promise<void> => new Promise((resolve, reject) => {
  let told = ''
  child.stderr!.on('data', (text) => { told += text })
  child.stdio[3]!.on('data', (text) => { if (/"event":"listen"/.test(String(text))) resolve() })
  child.once('exit', (code) => reject(new Error(`workerd ended with ${code}: ${told}`)))
})

const used = async (pid: number): Promise<number> => {
  const threads = await readdir(`/proc/${pid}/task`)
  const times = await Promise.all(threads.map(async (thread) => Number((await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ')[0])))
  return times.reduce((sum, one) => sum + one, 0) / 1e6
}

const measured = (lines: string): string => `const before = process.cpuUsage(); ${lines}; const { user, system } = process.cpuUsage(before); process.stdout.write(String((user + system) / 1000)); process.exit(0)`

const programs = {
  ours: measured(`const { createMailGateway } = await import('@mail-gateway/bff'); const { nodePorts } = await import('@mail-gateway/bff/node');
    createMailGateway({ ports: nodePorts({ store: 'memory:' }), authorize: () => null, baseURL: 'https://console.example.com', secrets: '${newKey()}' })`),
  peer: measured("const { Hono } = await import('hono'); await import('@hono/node-server'); new Hono().get('/', (context) => context.json({}))"),
} as const

/** The package as it is published, compiled. */
export const buildPackage = async (): Promise<void> => {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'packages/bff/tsconfig.workers.json'], { cwd: root, timeout: 120_000 })
}

/** Milliseconds of processor time a fresh Node takes to load the compiled package and to make a gateway; the peer: Hono and its server. */
export const nodeStart = async (which: keyof typeof programs): Promise<number> => {
  const { NODE_OPTIONS: _, ...env } = process.env
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', programs[which]], { cwd: join(root, 'packages/bff'), env, timeout: 60_000 })
  return Number(stdout)
}
