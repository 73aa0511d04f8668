// Element tests run in a real Chromium, against the real BFF as middleware, which talks to real mail servers on loopback.
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { esbuildPlugin } from '@web/dev-server-esbuild'
import { chromeLauncher } from '@web/test-runner-chrome'
import { createMailGateway } from '@mail-gateway/bff'
import { nodePorts, toNodeHandler } from '@mail-gateway/bff/node'
import { startSandbox, trust } from './demo/sandbox/index.ts'
import { smtp } from './packages/bff/src/modes/smtp/index.ts'
import { guided, missing, second } from './web-test-runner.modes.mjs'

const freePort = () => new Promise((done, failed) => {
  const server = createServer().on('error', failed).listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => done(port)) })
})

// For the lower-case name the runner would listen on every interface.
const loopback = 'LOCALHOST'

const sandbox = await startSandbox()
const port = await freePort()
trust(sandbox.ca)
const { relay, starttls, tls, scenarios } = sandbox.ports

/** Who calls is said by headers, so that every test has a tenant of its own. */
const authorize = ({ headers }) => {
  const tenant = headers.get('x-test-tenant')
  if (!tenant) return null
  const name = headers.get('x-test-person') ?? 'Ada'
  return { subject: name, name, email: `${name.toLowerCase()}@acme.example`, tenant, rights: (headers.get('x-test-rights') ?? 'read,write,test,send').split(',').filter(Boolean) }
}

const gatewayAt = (basePath, options = {}) => createMailGateway({
  ports: nodePorts({ store: 'memory:', log: () => {} }), baseURL: `http://localhost:${port}`, basePath, authorize,
  secrets: `1:${randomBytes(32).toString('base64')}`, productName: 'Acme Console', testRate: '100/min,1000/day',
  egress: { allow: ['127.0.0.1', '::1'], ports: [relay, starttls, tls, ...Object.values(scenarios)].join(',') }, ...options,
})

const gateways = {
  '/api/mail-gateway': gatewayAt('/api/mail-gateway', { modes: ['smtp'] }),
  '/api/three': gatewayAt('/api/three', { modes: [smtp, second, missing] }),
  '/api/guided': gatewayAt('/api/guided', { modes: [smtp, guided, missing] }),
  '/api/self': gatewayAt('/api/self', { modes: ['smtp'], testRecipients: 'self' }),
  '/api/domains': gatewayAt('/api/domains', { modes: ['smtp'], testRecipients: ['acme.example'], testRate: '1/min,9/day' }),
  '/api/strict': gatewayAt('/api/strict', { modes: ['smtp'], saveRequires: 'identity' }),
}
const handlers = Object.entries(gateways).map(([path, gateway]) => [path, toNodeHandler(gateway)])

/** What stands between a browser and the BFF in the wild, by address: proxies, portals, ended sessions. */
const faults = {
  html: (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  portal: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>'),
  broken: (response) => response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":1}'),
  down: (response) => response.destroy(),
  hang: () => {},
}

const world = JSON.stringify({
  account: sandbox.account, ports: { relay, starttls, tls }, scenarios: Object.fromEntries(Object.keys(scenarios).map((id) => [id, sandbox.typed(id)])),
})

const middleware = (ctx, next) => {
  if (ctx.path === '/test-world.json') { ctx.type = 'json'; ctx.body = world; return }
  if (ctx.path === '/test-inbox.json') { ctx.set('cache-control', 'no-store'); ctx.type = 'json'; ctx.body = JSON.stringify(sandbox.inbox.list()); return }
  const fault = /^\/api\/fault-(\w+)\//.exec(ctx.path)?.[1]
  const handler = handlers.find(([path]) => ctx.path.startsWith(`${path}/`))?.[1]
  if (!fault && !handler) return next()
  ctx.respond = false
  return fault ? faults[fault](ctx.res) : handler(ctx.req, ctx.res)
}

const stop = {
  name: 'mail-world',
  async serverStop() { await Promise.all([...Object.values(gateways).map((gateway) => gateway.close()), sandbox.close()]) },
}

/** What a reader's system asks for: colour scheme, forced colours, reduced motion, pointer, width. Straight to the browser, which knows more than the runner. */
const emulate = {
  name: 'emulate',
  async executeCommand({ command, payload, session }) {
    if (command !== 'emulate') return undefined
    const page = session.browser.getPage(session.id)
    const cdp = page.mgsSession ??= await page.createCDPSession()
    const { width = 1000, touch = false, ...media } = payload
    await cdp.send('Emulation.setEmulatedMedia', { features: Object.entries({ 'prefers-color-scheme': 'light', 'forced-colors': 'none', 'prefers-reduced-motion': 'no-preference', ...media }).map(([name, value]) => ({ name, value })) })
    await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: touch })
    await cdp.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: touch })
    return true
  },
}

/** The folder also holds tests for Node, which say so by what they import. */
const files = globSync('packages/element/src/**/*.test.ts').filter((file) => !readFileSync(file, 'utf8').includes("from 'node:test'"))

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export default {
  files, port, hostname: loopback, rootDir: import.meta.dirname, concurrency: 1,
  browserStartTimeout: 60_000, testsStartTimeout: 60_000, testsFinishTimeout: 300_000,
  nodeResolve: { exportConditions: ['@mail-gateway/source', 'browser'] },
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: new URL('packages/element/tsconfig.json', import.meta.url).pathname }), stop, emulate],
  middleware: [middleware],
  testFramework: { config: { timeout: 30_000 } },
  browsers: [chromeLauncher({ launchOptions: { executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', headless: true, args } })],
}
