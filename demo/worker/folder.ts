import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Everything one run writes, in one folder that only its owner may read, and that goes with it. */
export interface Folder {
  readonly path: string
  readonly config: string
  /** What is secret for this run. */
  readonly env: string
  readonly ca: string
  /** The database. */
  readonly state: string
  readonly temporary: string
  forget(): Promise<void>
}

export interface Contents {
  /** Not secret: wrangler shows them. */
  readonly vars: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  /** PEM. */
  readonly ca: string
}

const here = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

interface Config {
  readonly main: string
  readonly vars: Readonly<Record<string, string>>
  readonly d1_databases: readonly { readonly migrations_dir: string }[]
}

/** `wrangler.json` with this run's variables. Its paths become absolute: wrangler writes beside its configuration, which is to be this folder. */
const configFor = async (vars: Contents['vars']): Promise<string> => {
  const config = JSON.parse(await readFile(here('wrangler.json'), 'utf8')) as Config
  return JSON.stringify({
    ...config, main: here(config.main), vars: { ...config.vars, ...vars },
    d1_databases: config.d1_databases.map((database) => ({ ...database, migrations_dir: here(database.migrations_dir) })),
  })
}

/** One `NAME='value'` a line. @throws TypeError where a value could end its own quotes */
const envFile = (secrets: Contents['secrets']): string => Object.entries(secrets).map(([name, value]) => {
  if (/['\n]/.test(value)) throw new TypeError(`${name} cannot be written between quotes`)
  return `${name}='${value}'\n`
}).join('')

/** What NODE_EXTRA_CA_CERTS names already stays trusted. */
const withUsual = async (ca: string, usual: string | undefined): Promise<string> =>
  usual ? `${await readFile(usual, 'utf8')}\n${ca}` : ca

export const makeFolder = async ({ vars, secrets, ca }: Contents): Promise<Folder> => {
  const path = await mkdtemp(join(tmpdir(), 'mail-gateway-worker-'))
  const at = (name: string) => join(path, name)
  const folder = { path, config: at('wrangler.json'), env: at('secrets.env'), ca: at('ca.pem'), state: at('state'), temporary: at('tmp') }
  await Promise.all([
    mkdir(folder.temporary),
    writeFile(folder.config, await configFor(vars)),
    writeFile(folder.env, envFile(secrets), { mode: 0o600 }),
    writeFile(folder.ca, await withUsual(ca, process.env['NODE_EXTRA_CA_CERTS'])),
  ])
  return { ...folder, forget: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) }
}
