// Why: an import in the wrong direction is how a settings element ends up shipping a mail library. The compiler does
// not see an import by package name, so every import is read and compared with this table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { files, importsOf, read } from './sources.ts'

/** First match wins: [files, what they may import besides their own folder]. `$1` is what the first pattern captured. */
const rules: [from: RegExp, to: RegExp][] = [
  [/^packages\/contract\/src\//, /^packages\/contract\/src\//],

  [/^packages\/element\/src\/(?:strings|clean)\//, /^packages\/element\/src\/(strings|clean)\/|^@mail-gateway\/contract$/],
  [/^packages\/element\/src\/client\//, /^packages\/element\/src\/client\/|^@mail-gateway\/contract$/],
  [/^packages\/element\/src\/(?:parts|kinds)\//, /^packages\/element\/src\/(parts|kinds|strings|clean|events)|^@mail-gateway\/contract$|^lit(\/|$)/],
  [/^packages\/element\/src\/controllers\//, /^packages\/element\/src\/(?!parts|kinds|define|index|testing)|^@mail-gateway\/contract$|^lit(\/|$)|^@lit\/task$/],
  [/^packages\/element\/src\//, /^packages\/element\/src\/|^@mail-gateway\/contract$|^lit(\/|$)|^@lit\/task$/],

  [/^packages\/bff\/src\/modes\/([\w-]+)\//, /^packages\/bff\/src\/(modes\/(mode\.ts|$1\/)|kits\/|checks\/step|settings\/(schema|common|address)|findings\/|deliver\/|ports\/)|^@mail-gateway\/contract$|^zod$/],
  [/^packages\/bff\/src\/kits\/microsoft\//, /^packages\/bff\/src\/(kits|ports|findings)\/|^packages\/bff\/src\/(checks\/step|settings\/(schema|common|address))|^@mail-gateway\/contract$|^(zod|jose)$|^@azure\/msal-node$/],
  [/^packages\/bff\/src\/kits\//, /^packages\/bff\/src\/(kits|ports|findings)\/|^packages\/bff\/src\/(checks\/step|settings\/schema)|^@mail-gateway\/contract$|^zod$/],
  [/^packages\/bff\/src\/ports\//, /^packages\/bff\/src\/ports\/|^@mail-gateway\/contract$|^ipaddr\.js$/],
  [/^packages\/bff\/src\/store\//, /^packages\/bff\/src\/(store|ports)\/|^@mail-gateway\/contract$|^kysely$/],
  [/^packages\/bff\/src\/adapters\/node\//, /^packages\/bff\/src\/(ports|store|adapters\/node)\/|^@mail-gateway\/contract$|^kysely$|^node:|^#socket$/],
  [/^packages\/bff\/src\/adapters\/nodemailer\//, /^packages\/bff\/src\/(ports|adapters\/nodemailer)\/|^@mail-gateway\/contract$|^nodemailer(\/|$)|^node:(stream|events|buffer|os|net)$/],
  [/^packages\/bff\/src\/adapters\/memory\//, /^packages\/bff\/src\/(ports|store|adapters\/memory)\/|^@mail-gateway\/contract$/],
  [/^packages\/bff\/src\/adapters\/workers\//, /^packages\/bff\/src\/(ports|store|adapters\/workers)\/|^@mail-gateway\/contract$|^kysely$|^cloudflare:sockets$|^#socket$/],
  [/^packages\/bff\/src\/routes\//, /^packages\/bff\/src\/(routes|gateways|settings|checks|findings|access|modes|ports|openapi|config|deliver)(\/|\.ts)|^@mail-gateway\/contract$|^zod$|^hono(\/|$)/],
  [/^packages\/bff\/src\/openapi\//, /^packages\/bff\/src\/(openapi\/|routes\/bodies|settings\/|modes\/|findings\/)|^@mail-gateway\/contract$|^zod$/],
  [/^packages\/bff\/src\/(?:config\/|gateways\/|modes\/index\.ts)/, /^packages\/bff\/src\/(settings|checks|findings|access|gateways|config|modes|ports|openapi|deliver)(\/|\.ts)|^packages\/bff\/src\/kits\/microsoft\/clouds\.ts$|^@mail-gateway\/contract$|^(zod|jose)$/],
  [/^packages\/bff\/src\/(?:settings|checks|findings|access|gateways|config|modes|deliver)(?:\/|\.ts)/, /^packages\/bff\/src\/(settings|checks|findings|access|gateways|config|modes|ports|openapi|deliver)(\/|\.ts)|^@mail-gateway\/contract$|^(zod|jose)$/],
  [/^packages\/bff\/src\/command\//, /^packages\/bff\/src\/|^@mail-gateway\/contract$|^zod$|^@hono\/node-server$|^node:/],
  [/^packages\/bff\/src\/(?:gateway|index)\.ts$/, /^packages\/bff\/src\/(?!adapters|command|workers|node\.ts|memory\.ts)|^@mail-gateway\/contract$|^hono(\/|$)/],
  [/^packages\/bff\/src\/memory\.ts$/, /^packages\/bff\/src\/(adapters\/(memory|nodemailer)|ports)\/|^@mail-gateway\/contract$/],
  [/^packages\/bff\/src\/node\.ts$/, /^packages\/bff\/src\/(?!command|memory)|^@mail-gateway\/contract$|^@hono\/node-server$|^node:/],
  [/^packages\/bff\/src\/workers(?:\/|\.ts)/, /^packages\/bff\/src\/(?!command|adapters\/node\/|memory\.ts|node\.ts)|^@mail-gateway\/contract$/],
  [/^packages\/bff\/bin\//, /^packages\/bff\/src\/command\/|^node:/],

  [/^demo\//, /^demo\/|^@mail-gateway\/(bff|element)(\/|$)|^@mail-gateway\/contract$|^node:|^(hono|@hono\/node-server|esbuild|smtp-server|postal-mime|@peculiar\/x509)(\/|$)|^\/assets\//],
]

const broken = (path: string, source: string): string[] => {
  const rule = rules.find(([from]) => from.test(path))
  if (!rule) return [`${path}: no rule covers this folder`]
  const [from, to] = rule
  const allowed = new RegExp(to.source.replaceAll('$1', from.exec(path)?.[1] ?? ''))
  return importsOf(path, source).filter((target) => !allowed.test(target)).map((target) => `${path} -> ${target}`)
}

test('every import follows the direction of its folder', () => {
  const judged = files('packages/*/{src,bin}/**/*.{ts,mjs}', 'demo/**/*.ts').filter((path) => !/\.(test|testing|suite)\.ts$/.test(path))
  assert.ok(judged.length > 50, `only ${judged.length} files found`)
  assert.deepEqual(judged.flatMap((path) => broken(path, read(path))), [])
})

const planted: [path: string, source: string][] = [
  ['packages/contract/src/modes.ts', "import * as z from 'zod'"],
  ['packages/contract/src/modes.ts', "import type { Store } from '@mail-gateway/bff'"],
  ['packages/element/src/parts/list.ts', "import { Client } from '../client/client.ts'"],
  ['packages/element/src/controllers/draft.ts', "import { createMailGateway } from '@mail-gateway/bff'"],
  ['packages/element/src/kinds/secret.ts', "import {\n  z,\n} from 'zod'"],
  ['packages/bff/src/modes/smtp/index.ts', "import { graph } from '../graph/index.ts'"],
  ['packages/bff/src/modes/smtp/checklist.ts', "import { connect } from 'node:net'"],
  ['packages/bff/src/kits/smtp/session.ts', "const { createTransport } = await import('nodemailer')"],
  ['packages/bff/src/kits/smtp/session.ts', "import { ConfidentialClientApplication } from '@azure/msal-node'"],
  ['packages/bff/src/modes/graph/index.ts', "import { ConfidentialClientApplication } from '@azure/msal-node'"],
  ['packages/bff/src/config/options.ts', "import { acquireToken } from '../kits/microsoft/tokens.ts'"],
  ['packages/bff/src/settings/judge.ts', "import { builtInClouds } from '../kits/microsoft/clouds.ts'"],
  ['packages/bff/src/settings/seal.ts', "export { nodeNetwork } from '../adapters/node/network.ts'"],
  ['packages/bff/src/adapters/node/store.ts', "import '../../gateways/save.ts'"],
  ['packages/bff/src/gateway.ts', "import { nodeStore } from './adapters/node/store.ts'"],
  ['packages/bff/src/gateway.ts', "import { workersPorts } from './workers/ports.ts'"],
  ['packages/bff/src/workers/ports.ts', "import { storeAt } from '../node.ts'"],
  ['packages/bff/src/adapters/workers/socket.ts', "import { connect } from 'node:net'"],
  ['demo/server.ts', "import { modes } from '../packages/bff/src/modes/index.ts'"],
  ['packages/bff/src/newcomer/index.ts', ''],
]

for (const [path, source] of planted) {
  test(`a planted violation is caught: ${path}: ${source || 'a folder without a rule'}`, () => {
    assert.equal(broken(path, source).length, 1)
  })
}

test('no file reaches another package by path', () => {
  const crossing = files('packages/*/src/**/*.ts').flatMap((path) => importsOf(path)
    .filter((target) => target.startsWith('packages/') && target.split('/')[1] !== path.split('/')[1])
    .map((target) => `${path} -> ${target}`))
  assert.deepEqual(crossing, [])
})
