// Runs a Worker in workerd itself, with a D1 database that has the package's migrations.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Miniflare } from 'miniflare'
import { bundleWorker, compatibility, migrations } from './bundle.ts'
import { Untimely } from '../within-time.ts'

export interface Wanted {
  /** The Worker's module, such as `new URL('./gateway.worker.ts', import.meta.url)`; or `script`, a bundled one. */
  readonly entry?: URL
  readonly script?: string
  readonly bindings?: Readonly<Record<string, string>>
  /** PEM of an authority the runtime trusts besides its own. The same for every Worker of this process: it is read once. */
  readonly ca?: string
  /** Behaviour that is described as production's: `startTls` refuses to be told a name. Default on. */
  readonly gate?: boolean
  /** Folder the database stays in; default: it goes with the Worker. */
  readonly persist?: string
  /** Migrations the database has, by name. Default all of them. */
  readonly migrate?: readonly string[]
  /** Bindings of a second isolate, besides the same ones: the same Worker on the same database, for paths below /twin. */
  readonly twin?: Readonly<Record<string, string>>
}

export interface Worker {
  readonly url: URL
  /** A request to the Worker, over HTTP on loopback. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** What it wrote to the console until now; after the end, what had come by then. */
  log(): Promise<string>
  /** Runs the Worker's scheduled hook. */
  scheduled(): Promise<void>
  readonly miniflare: Miniflare
  /** Ends the process of the runtime at once. */
  close(): Promise<void>
}

const gateName = 'workerd-autogate-starttls-reject-expected-server-hostname'
let trusted: string | undefined

/** The runtime's package reads the file once, when it is loaded. */
const trust = (ca: string | undefined): void => {
  if (ca === undefined || ca === trusted) return
  if (trusted !== undefined) throw new Error('one authority a process: the runtime reads it once')
  trusted = ca
  const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-ca-'))
  process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem')
  writeFileSync(process.env['NODE_EXTRA_CA_CERTS'], ca)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

/** Statements of one migration; each of them ends at a semicolon at the end of a line. */
const statements = (name: string): string[] => readFileSync(join(migrations, name), 'utf8').replace(/^\s*--.*$/gm, '').split(/;\s*$/m)
  .map((statement) => statement.replace(/\s+/g, ' ').trim()).filter(Boolean)

const record = 'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)'

/** What `wrangler d1 migrations apply` does: each once, and noted under its name. */
const migrated = async (database: Database, all: readonly string[]): Promise<void> => {
  await database.prepare(record).run()
  const done = (await database.prepare('SELECT name FROM d1_migrations').all()).results.map((row: { name: string }) => row.name)
  for (const name of all.filter((one) => !done.includes(one))) {
    for (const statement of statements(name)) await database.prepare(statement).run()
    await database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name).run()
  }
}

/**
 * A second Worker in the same process. An answer overtakes what was written before it, which comes by a pipe; a line of
 * this one comes after all of that.
 */
const bookmark = { name: 'bookmark', routes: ['bookmark.test/*'], compatibilityDate: compatibility.date, modules: [{ type: 'ESModule' as const, path: 'worker.js', contents: 'export default { async fetch(request) { console.log(await request.text()); return new Response() } }' }] }

/** What a process wrote, read to the line that is asked for now. */
const journal = (ask: (mark: string) => Promise<unknown>) => {
  let text = ''
  let over = false
  const read = async (): Promise<string> => {
    const mark = `all until ${randomUUID()}`
    await ask(mark)
    for (const end = performance.now() + 10_000; !text.includes(mark); await pause(1)) if (performance.now() > end) throw new Untimely('the runtime writes no more')
    text = text.replace(`${mark}\n`, '')
    return text
  }
  return {
    keep(line: string) { text += `${line}\n` },
    read: async () => (over ? text : read()),
    end() { over = true },
  }
}

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

/** The package's migrations, in order. */
export const allMigrations = (): string[] => readdirSync(migrations).filter((name) => name.endsWith('.sql')).sort()

/** Starts workerd with the Worker and a database bound as DB. Close it: the process lives outside of ours. */
export const startWorker = async ({ entry, script, bindings = {}, ca, gate = true, persist, migrate = allMigrations(), twin }: Wanted): Promise<Worker> => {
  trust(ca)
  process.env['MINIFLARE_WORKERD_AUTOGATES'] = gate ? gateName : ''
  const { Miniflare, convertV4MiniflareOptions, Log, LogLevel } = await import('miniflare')
  const written = journal((mark) => miniflare.dispatchFetch('http://bookmark.test/', { method: 'POST', body: mark }))
  const subject = {
    name: 'subject', modules: [{ type: 'ESModule' as const, path: 'worker.js', contents: script ?? await bundleWorker(entry!) }],
    compatibilityDate: compatibility.date, compatibilityFlags: [...compatibility.flags], bindings, d1Databases: { DB: 'mail-gateway' },
  }
  const miniflare: Miniflare = new Miniflare(convertV4MiniflareOptions({
    workers: [subject, ...(twin ? [{ ...subject, name: 'twin', routes: ['*/twin/*'], bindings: { ...bindings, ...twin } }] : []), bookmark], ...(persist && { resourcePersistencePath: persist }),
    host: '127.0.0.1', port: 0, cf: false, unsafeTriggerHandlers: true, log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ message }) => written.keep(message),
  }))
  const url = await miniflare.ready
  await migrated(await miniflare.getD1Database('DB'), migrate)
  return {
    url, miniflare,
    fetch: (path, init) => fetch(new URL(path, url), { redirect: 'manual', ...init }),
    log: written.read,
    // As wrangler rings it: the call to the runtime's own handle would hold this process up until it is over.
    async scheduled() { await (await fetch(new URL('/cdn-cgi/local/scheduled', url))).text() },
    close() {
      written.end()
      return miniflare.dispose()
    },
  }
}
