import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A demo as its own process, on a free port. */
export interface Served {
  readonly base: string
  /** The process that was started; others may belong to it. */
  readonly pid: number
  /** Everything it has printed so far, its log from the lowest level upwards included. */
  printed(): string
  /** Ends it; resolves with its exit code. */
  end(): Promise<number | null>
  /** Ends it, and removes what it left. */
  stop(): Promise<void>
}

/** The embedded one, with a store that can be looked into. */
export interface Demo extends Served {
  /** Path of the database; its log and index lie beside it. */
  readonly database: string
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const startSeconds = 100

/** Starts a program of the repository and resolves once it has said where it is. Throws with what it printed when it does not. */
export const served = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<Served> => {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, PORT: '0', MAIL_GATEWAY_LOG_LEVEL: 'debug', ...env } })
  let [printed, address] = ['', '']
  child.stderr.on('data', (bytes: Buffer) => { printed += bytes.toString() })
  child.stdout.on('data', (bytes: Buffer) => { address += bytes.toString(); printed += bytes.toString() })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const late = AbortSignal.timeout(startSeconds * 1000)
  while (!address.includes('\n')) {
    await Promise.race([once(child.stdout, 'data', { signal: late }), ended])
    if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}: ${printed}`)
  }
  const end = () => {
    child.kill('SIGTERM')
    return ended
  }
  return { base: address.trim(), pid: child.pid!, printed: () => printed, end, stop: async () => { await end() } }
}

/** Starts the demo and resolves once it has said where it is. Throws with what it printed when it does not. */
export const startDemo = async (): Promise<Demo> => {
  const folder = await mkdtemp(join(tmpdir(), 'mail-gateway-e2e-'))
  const database = join(folder, 'demo.db')
  const demo = await served(['--disable-warning=ExperimentalWarning', '--conditions=@mail-gateway/source', 'demo/server.ts'], {
    MAIL_GATEWAY_STORE: `sqlite:${database}`, MAIL_GATEWAY_SECRETS: `1:${randomBytes(32).toString('base64')}`,
  })
  const stop = async () => {
    await demo.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...demo, database, stop }
}
