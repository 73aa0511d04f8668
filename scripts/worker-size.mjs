// Prints what wrangler would upload for a vendor's Worker, and ends with 1 above the budget.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
const run = promisify(execFile)

/** KiB, gzipped, that a vendor's Worker may weigh. */
export const most = 220

/**
 * `wrangler deploy --dry-run` in a folder with a configuration: sizes in KiB as wrangler says them, and the script.
 * The package is found as anybody finds it, by its name and without conditions of ours.
 */
export const dryRun = async (folder, ...options) => {
  const out = await mkdtemp(join(tmpdir(), 'mail-gateway-upload-'))
  try {
    const { WRANGLER_BUILD_CONDITIONS: _, NODE_OPTIONS: __, ...environment } = process.env
    const { stdout } = await run(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', out, ...options], {
      cwd: folder, timeout: 120_000, env: { ...environment, CI: '1', WRANGLER_SEND_METRICS: 'false', XDG_CONFIG_HOME: out },
    })
    const [, total, gzip] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(stdout) ?? []
    if (!gzip) throw new Error(`wrangler told no size:\n${stdout}`)
    const script = (await readdir(out)).find((name) => name.endsWith('.js'))
    return { total: Number(total), gzip: Number(gzip), script: await readFile(join(out, script), 'utf8') }
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

/** The template in this clone, from the bundle that is published, built anew. */
export const templateSize = async () => {
  await import('./build-worker.mjs')
  return dryRun(join(root, 'templates/worker'))
}

if (import.meta.main) {
  const { total, gzip } = await templateSize()
  console.log(`Worker of the template: ${total} KiB, gzipped ${gzip} KiB, ${gzip > most ? `above the ${most} allowed` : `within ${most}`}`)
  process.exitCode = gzip > most ? 1 : 0
}
