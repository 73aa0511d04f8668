import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The demo as its own process, on a free port, with a store that can be looked into. */
export interface Demo {
  readonly base: string
  /** Path of the database; its log and index lie beside it. */
  readonly database: string
  /** Everything it has printed so far, its log from the lowest level upwards included. */
  printed(): string
  stop(): Promise<void>
}

const file = fileURLToPath(new URL('../../demo/server.ts', import.meta.url))
const startSeconds = 60

/** Starts the demo and resolves once it has said where it is. Throws with what it printed when it does not. */
export const startDemo = async (): Promise<Demo> => {
  const folder = await mkdtemp(join(tmpdir(), 'mail-gateway-e2e-'))
  const database = join(folder, 'demo.db')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@mail-gateway/source', file], {
    env: {
      ...process.env, PORT: '0', MAIL_GATEWAY_STORE: `sqlite:${database}`, MAIL_GATEWAY_LOG_LEVEL: 'debug',
      MAIL_GATEWAY_SECRETS: `1:${randomBytes(32).toString('base64')}`,
    },
  })
  let [printed, address] = ['', '']
  child.stderr.on('data', (bytes: Buffer) => { printed += bytes.toString() })
  child.stdout.on('data', (bytes: Buffer) => { address += bytes.toString(); printed += bytes.toString() })
  const ended = once(child, 'exit')
  const late = AbortSignal.timeout(startSeconds * 1000)
  while (!address.includes('\n')) {
    await Promise.race([once(child.stdout, 'data', { signal: late }), ended])
    if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}: ${printed}`)
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  return { base: address.trim(), database, printed: () => printed, stop }
}
