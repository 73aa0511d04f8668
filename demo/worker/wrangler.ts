import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { Folder } from './folder.ts'

const keeper = fileURLToPath(new URL('keeper.ts', import.meta.url))
/** Wrangler itself, not its starter: a signal then reaches the process that holds the runtime. */
const command = createRequire(import.meta.url).resolve('wrangler')

/** Nothing is asked of the network, nothing is written outside the run's folder, no question is put to a terminal. */
const environment = ({ path, ca, temporary }: Folder): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_EXTRA_CA_CERTS: ca, TMPDIR: temporary, XDG_CONFIG_HOME: temporary, WRANGLER_CACHE_DIR: temporary, MINIFLARE_CACHE_DIR: temporary,
  WRANGLER_LOG_PATH: join(path, 'logs'), WRANGLER_WRITE_LOGS: 'false', WRANGLER_REGISTRY_PATH: join(path, 'registry'),
  WRANGLER_BUILD_CONDITIONS: '@mail-gateway/source,workerd,worker,browser',
  WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false', WRANGLER_SEND_ERROR_REPORTS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV: 'true', CI: '1', FORCE_COLOR: '0', NO_COLOR: '1',
})

/** A call of wrangler, under way. */
export interface Running {
  /** Resolves with its code when it is over; null where it had to be ended. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

/** Runs wrangler in a group of its own, which ends with the pipe to its keeper. What it prints goes to `hear`, line by line. */
const wrangler = (folder: Folder, args: readonly string[], hear: (line: string) => void): Running => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', keeper, '--no-warnings', command, ...args, '--config', folder.config, '--persist-to', folder.state, '--env-file', folder.env], {
    cwd: folder.path, env: environment(folder), stdio: ['pipe', 'pipe', 'pipe'], detached: true,
  })
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => hear(stripVTControlCharacters(line)))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { ended, stop: async () => { child.stdin.end(); await ended } }
}

/** Brings the database to its newest form; `ended` resolves with 0 when that is done. */
export const migrate = (folder: Folder, hear: (line: string) => void): Running =>
  wrangler(folder, ['d1', 'migrations', 'apply', 'DB', '--local'], hear)

/** Starts the Worker on a port of loopback. */
export const serve = (folder: Folder, port: number, hear: (line: string) => void): Running =>
  wrangler(folder, ['dev', '--local', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0', '--log-level', 'log', '--show-interactive-dev-session=false'], hear)

/** True for what wrangler says of itself: its table of bindings, a line for every request. The Worker's own log is not, nor is an error. */
export const isChatter = (line: string): boolean => /^\s*$|^(\[wrangler:info\]|env\.|Binding |Your Worker has access|Using secrets|⎔)/.test(line)
