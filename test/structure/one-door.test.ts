// Why: the egress gate and the secret rules only hold while nobody opens a second way to the network.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { files, isShipped, read, runtimeImportsOf } from './sources.ts'

const network = /^(node:)?(net|tls|dns|dns\/promises|http|https|http2|dgram|undici)$/

/** Only these may know the runtime's network, the mail library, or fetch. */
const doors: { what: string; is: (path: string, source: string) => boolean; open: RegExp }[] = [
  { what: 'the network of Node', is: (path, source) => runtimeImportsOf(path, source).some((name) => network.test(name)), open: /^packages\/bff\/src\/adapters\/node\// },
  { what: 'nodemailer', is: (path, source) => runtimeImportsOf(path, source).some((name) => /^nodemailer(\/|$)/.test(name)), open: /^packages\/bff\/src\/adapters\/nodemailer\// },
  { what: 'the vendor\'s sign-in library', is: (path, source) => runtimeImportsOf(path, source).some((name) => name.startsWith('@azure/')), open: /^packages\/bff\/src\/kits\/microsoft\// },
  { what: 'the vendor\'s sign-in library with a network of its own', is: (_, source) => bringsOwnNetwork(code(source)), open: /^$/ },
  { what: 'other runtimes\' sockets', is: (path, source) => runtimeImportsOf(path, source).some((name) => name.startsWith('cloudflare:')), open: /^packages\/bff\/src\/adapters\/workers\// },
  { what: 'fetch', is: (_, source) => callsFetch(source), open: /^packages\/(?:element\/src\/client\/client|bff\/src\/adapters\/workers\/https)\.ts$/ },
  { what: 'another way to send', is: (_, source) => /\b(XMLHttpRequest|sendBeacon|WebSocket|EventSource)\b/.test(code(source)), open: /^$/ },
]

/** Without comments and without text in quotes; template literals stay, as code may hide in them. */
function code(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1').replace(/'(?:\\.|[^'\\\n])*'/g, "''")
}

/** Left to itself the library follows a 307 with the client secret in the body (threat T06): every client gets our network. */
function bringsOwnNetwork(text: string): boolean {
  return /\bnew \w+ClientApplication\b/.test(text) && !/\bnetworkClient\b/.test(text)
}

/** The global function called, or handed on as a value: a member `x.fetch` or `fetch:` of ours is neither. */
function callsFetch(source: string): boolean {
  const text = code(source).replace(/(?<![.\w$#])fetch\??\s*(:|\([^()]*\)\s*(:|\{))/g, '')
  return /(?<![.\w$#])fetch(?![\w$])/.test(text) || /\b(globalThis|window|self)\s*(\.\s*fetch|\[)/.test(text)
}

const through = (path: string, source: string) =>
  doors.filter(({ is, open }) => is(path, source) && !open.test(path)).map(({ what }) => `${path} uses ${what}`)

test('threat T22: one module each knows the network, the mail library and fetch', () => {
  const shipped = files('packages/*/{src,bin}/**/*.{ts,mjs}').filter((path) => isShipped(path) && !path.includes('/testing/'))
  assert.deepEqual(shipped.flatMap((path) => through(path, read(path))), [])
})

test('threat T22: the doors themselves are found, so the search sees what it looks for', () => {
  const used = (what: string) => files('packages/*/src/**/*.ts').filter(isShipped)
    .filter((path) => doors.find((door) => door.what === what)?.is(path, read(path)))
  assert.ok(used('the network of Node').length >= 1)
  assert.ok(used('nodemailer').length >= 1)
  assert.deepEqual(used('fetch'), ['packages/bff/src/adapters/workers/https.ts', 'packages/element/src/client/client.ts'])
  assert.deepEqual(used('other runtimes\' sockets'), ['packages/bff/src/adapters/workers/socket.ts'])
})

const planted: [path: string, source: string][] = [
  ['packages/bff/src/kits/smtp/session.ts', "import { connect } from 'node:tls'"],
  ['packages/bff/src/modes/smtp/index.ts', "import dns from 'dns'"],
  ['packages/bff/src/gateways/save.ts', "const { request } = await import('node:https')"],
  ['packages/bff/src/adapters/node/network.ts', "import { createTransport } from 'nodemailer'"],
  ['packages/bff/src/findings/diagnose.ts', 'const answer = await fetch(`https://example.com`)'],
  ['packages/bff/src/modes/graph/index.ts', "import { CryptoProvider } from '@azure/msal-node'"],
  ['packages/bff/src/kits/microsoft/tokens.ts', "import { ConfidentialClientApplication } from '@azure/msal-node'\nconst client = new ConfidentialClientApplication({ auth })"],
  ['packages/bff/src/access/bearer.ts', 'const get = globalThis.fetch'],
  ['packages/bff/src/access/bearer.ts', 'const get = fetch\n'],
  ['packages/bff/src/workers/ports.ts', "import { connect } from 'cloudflare:sockets'"],
  ['packages/bff/src/workers/worker.ts', 'await fetch(request)'],
  ['packages/element/src/parts/list.ts', 'navigator.sendBeacon(address)'],
]

for (const [path, source] of planted) {
  test(`threat T22: a planted second door is found: ${source.trim()}`, () => {
    assert.equal(through(path, source).length, 1)
  })
}

test('threat T22: a method that is called fetch is no second door', () => {
  assert.deepEqual(through('packages/bff/src/gateway.ts', 'return { fetch: app.fetch, close }\napp.fetch(request)\nfetch(request: Request): Promise<Response>\nfetch?: Fetch'), [])
})
