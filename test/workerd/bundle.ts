// A Worker as wrangler would upload it, from sources.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const compatibility = { date: '2026-10-01', flags: ['nodejs_compat', 'enable_request_signal'] } as const

const run = promisify(execFile)
const wrangler = fileURLToPath(new URL('../../node_modules/wrangler/bin/wrangler.js', import.meta.url))
export const migrations = fileURLToPath(new URL('../../packages/bff/migrations/', import.meta.url))

/** The one module wrangler makes of an entry, sources of this repository included. */
export const bundleWorker = async (entry: URL): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'mail-gateway-worker-'))
  try {
    const config = join(folder, 'wrangler.json')
    await writeFile(config, JSON.stringify({ name: 'under-test', main: fileURLToPath(entry), compatibility_date: compatibility.date, compatibility_flags: compatibility.flags, send_metrics: false }))
    await run(process.execPath, [wrangler, 'deploy', '--dry-run', '--config', config, '--outdir', join(folder, 'out')], {
      timeout: 60_000, cwd: dirname(fileURLToPath(entry)),
      env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_BUILD_CONDITIONS: '@mail-gateway/source,workerd,worker,browser', XDG_CONFIG_HOME: folder },
    })
    const script = (await readdir(join(folder, 'out'))).find((name) => name.endsWith('.js'))
    return await readFile(join(folder, 'out', script!), 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
