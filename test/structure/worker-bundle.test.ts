// Why: a vendor's Worker is made from the bundle in the tarball, in which much of the libraries is left out. Here the
// template is built as a vendor builds it, weighed as wrangler weighs it, and everything the gateway does is done on it.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { routes } from '@mail-gateway/contract'
import type { Explanation } from '@mail-gateway/contract'
import { startSandbox } from '../../demo/sandbox/index.ts'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import { dryRun, most } from '../../scripts/worker-size.mjs'
import type { Upload } from '../../scripts/worker-size.mjs'
import { issue, makeAuthority } from '../peers/certificates.ts'
import { json, startWeb } from '../peers/https.ts'
import { openLab } from '../wire/lab.ts'
import { startGateway } from '../workerd/gateway.ts'
import type { EdgeGateway } from '../workerd/gateway.ts'
import { startWorker } from '../workerd/start.ts'
import { root } from './sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'mail-gateway-vendor-'))
const project = join(folder, 'worker')
const packed = join(project, 'node_modules/@mail-gateway')

/** A copy of the template beside the two packed packages and nothing else: what the bundle needs, it brings. */
const install = () => {
  cpSync(join(root, 'templates/worker'), project, { recursive: true, filter: (path) => !/node_modules|[/\\]\.wrangler/.test(path) })
  const npm = process.env['npm_execpath']
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []]
  const { status, stderr } = spawnSync(command, [...first, 'pack', '-w', 'packages/bff', '-w', 'packages/contract', '--pack-destination', folder], { cwd: root, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  for (const name of ['bff', 'contract']) {
    const tarball = readdirSync(folder).find((file) => file.startsWith(`mail-gateway-${name}-`))!
    mkdirSync(packed, { recursive: true })
    execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder])
    renameSync(join(folder, 'package'), join(packed, name))
  }
}

/** The script of another entry in the vendor's project, made with the template's own configuration. */
const scriptOf = async (name: string, source: string): Promise<string> => {
  writeFileSync(join(project, 'src', name), source)
  return (await dryRun(project, join('src', name))).script
}

let upload: Upload
let edgeScript: string
let trusted: string
let sandbox: Sandbox
let gateway: EdgeGateway
/** Its own, besides the sandbox's: the runtime reads what it trusts once a process. */
const authority = await makeAuthority()
let resolver: Awaited<ReturnType<typeof startWeb>>
before(async () => {
  install()
  upload = await dryRun(project)
  sandbox = await startSandbox()
  edgeScript = await scriptOf('gateway.worker.ts', readFileSync(join(root, 'test/workerd/gateway.worker.ts'), 'utf8'))
  resolver = await startWeb(await issue(authority), (response, asked) => json(200, {
    Status: 0, Answer: [asked.path.includes('type=AAAA') ? { type: 28, data: '2606:4700:4700:0:0:0:0:1111' } : { type: 1, data: '1.1.1.1' }],
  })(response, asked))
  trusted = `${sandbox.ca}\n${authority.pem}`
  gateway = await startGateway({ script: edgeScript, ca: trusted, bindings: { MAIL_GATEWAY_CLOUDS: JSON.stringify(sandbox.microsoft.clouds), MAIL_GATEWAY_RESOLVER: `${resolver.origin}/dns-query` } })
})
after(async () => {
  await Promise.all([gateway?.close(), sandbox?.close(), resolver?.close()])
  rmSync(folder, { recursive: true, force: true })
})

test(`must show 4: the template's Worker weighs at most ${most} KiB gzipped, as wrangler counts`, () => {
  assert.ok(upload.gzip <= most, `${upload.gzip} KiB`)
})

test('what is packed stands in front, where it keeps nothing that is alike apart, and helpers that no schema calls are not there', () => {
  const { script } = upload
  const at = script.search(/[\w+/]{10000}/)
  assert.ok(at >= 0 && at < 5_000, `packed text at ${at}`)
  assert.deepEqual(['hexToUint8Array', 'promiseAllObject', 'maskedKeys'].filter((name) => script.includes(name)), [])
})

test('what is bundled is told with its licence', () => {
  const text = readFileSync(join(packed, 'bff/dist-workers/LICENSES.txt'), 'utf8')
  for (const name of ['@azure/msal-node', '@azure/msal-common', 'hono', 'ipaddr.js', 'jose', 'kysely', 'nodemailer', 'zod']) assert.match(text, new RegExp(`^${name} \\d+\\.`, 'm'))
  assert.ok(text.split('without restriction').length > 6)
})

for (const mode of ['smtp', 'graph', 'smtp-office365'] as const) {
  test(`on the bundle a check in the mode ${mode} runs to delivery, and again with what was kept`, async () => {
    const { settings, secrets } = draftFor(mode)
    for (const round of [1, 2]) {
      const held = sandbox.inbox.list().length
      const { verdict, ended } = await gateway.check({ mode, settings, secrets, until: 'delivery', to: 'someone@acme.example' }, mode)
      assert.equal(verdict, 'passed', `round ${round}: ${JSON.stringify(ended)}`)
      assert.equal(sandbox.inbox.list().length, held + 1)
    }
  })
}

const draftFor = (id: 'smtp' | 'graph' | 'smtp-office365') => {
  if (id === 'smtp') return { settings: sandbox.typed('tls').settings, secrets: { password: { value: sandbox.typed('tls').password } } }
  const { settings, clientSecret } = sandbox.microsoft.prepared(id)!
  return { settings, secrets: { clientSecret: { value: clientSecret } } }
}

test('on the bundle a test email says the product’s and the sender’s names as they are written, in any letters, even where they look like code', async () => {
  const productName = 'Bureau 請求書 =?utf-8?X?x?= “Nord”'
  const { settings, secrets } = draftFor('smtp')
  const other = await startGateway({ script: edgeScript, ca: trusted, bindings: { MAIL_GATEWAY_CLOUDS: JSON.stringify(sandbox.microsoft.clouds), MAIL_GATEWAY_PRODUCT_NAME: productName } })
  try {
    for (const fromName of ['Größe, "请" & Co.', '請求書'.repeat(20), 'plain']) {
      const { verdict, ended } = await other.check({ mode: 'smtp', settings: { ...settings, fromName }, secrets, until: 'delivery', to: 'someone@bücher.example' }, fromName === 'plain' ? 'plain' : 'letters')
      assert.equal(verdict, 'passed', JSON.stringify(ended))
      const [mail] = sandbox.inbox.list()
      assert.deepEqual([mail!.subject, mail!.from.startsWith(`${fromName} <`), mail!.to], [`Test email from ${productName}`, true, 'someone@xn--bcher-kva.example'])
      assert.ok(mail!.text.startsWith(`This is a test email from ${productName}.`), mail!.text)
      assert.match(mail!.source, /^Content-Type: text\/plain; charset=utf-8/m)
    }
  } finally {
    await other.close()
  }
})

test('on the bundle every scenario of the sandbox ends with a finding, and none with a fault of ours', async () => {
  const { settings, password } = sandbox.typed('starttls')
  const told: (string | undefined)[] = []
  const waiting = Object.entries(sandbox.ports.scenarios)
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [id, port] = next
      const { ended, events } = await gateway.check({ mode: 'smtp', settings: { ...settings, port, security: /implicit/.test(id) ? 'tls' : 'starttls' }, secrets: { password: { value: password } }, until: 'identity' })
      assert.ok(events.every(({ event }) => event !== 'problem'), `${id}: ${JSON.stringify(events.at(-1))}`)
      told.push(ended?.finding?.code)
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  assert.ok(new Set(told).size > 8, told.join(' '))
  assert.ok(!told.includes('internal'), told.join(' '))
})

test('on the bundle a name with addresses of both kinds is looked up, judged, and shown with its addresses', async () => {
  const { rows } = await gateway.check({ mode: 'smtp', settings: { host: 'mail.acme.example', port: 587, security: 'starttls', authentication: 'none', from: 'a@acme.example' }, until: 'network' })
  const shown = (id: string) => { const row = rows.find((one) => one.id === id); return [row?.status, row?.evidence?.['addresses']] }
  assert.deepEqual([shown('name'), shown('address')[0]], [['pass', ['1.1.1.1', '2606:4700:4700::1111']], 'pass'])
})

test('on the bundle the clock seals everything anew', async () => {
  assert.equal((await gateway.call('POST', '/gateways', { mode: 'smtp', ...draftFor('smtp') }, 'clock')).status, 201)
  await gateway.scheduled()
  assert.match(await gateway.log(), /"event":"keys\.rotated","resealed":0,"current":\d+,"left":0/)
  assert.doesNotMatch(await gateway.log(), /left out of the gateway/)
})

test('on the bundle a gateway is saved, read, changed, made the default and deleted, and the store is swept', async () => {
  const draft = { mode: 'smtp', name: 'Reports', ...draftFor('smtp') }
  const made = await gateway.call('POST', '/gateways', draft, 'crud')
  assert.equal(made.status, 201, await made.clone().text())
  const { id } = await made.json() as { id: string }
  const read = await gateway.call('GET', `/gateways/${id}`, undefined, 'crud')
  const changed = await gateway.fetch(`/api/mail-gateway/gateways/${id}`, {
    method: 'PUT', body: JSON.stringify({ ...draft, name: 'Invoices', default: true, secrets: { password: { keep: true } } }),
    headers: { origin: 'https://console.example.com', 'x-tenant': 'crud', 'content-type': 'application/json', 'x-mail-gateway': '1', 'if-match': read.headers.get('etag')! },
  })
  assert.equal(changed.status, 200, await changed.clone().text())
  const { gateways } = await (await gateway.call('GET', '/gateways', undefined, 'crud')).json() as { gateways: { name: string; default: boolean }[] }
  assert.deepEqual(gateways.map((one) => [one.name, one.default]), [['Invoices', true]])
  assert.equal((await gateway.call('DELETE', `/gateways/${id}`, undefined, 'crud')).status, 428)
  await gateway.scheduled()
  assert.doesNotMatch(await gateway.log(), /left out of the gateway/)
})

test('on the bundle every route answers, with the same document, page and modes as on Node', async (t) => {
  const lab = await openLab(t)
  for (const path of [routes.openapi.path, routes.docs.path, routes.livez.path, routes.readyz.path, routes.meta.path, routes.modes.path]) {
    assert.equal((await gateway.call('GET', path)).status, 200, path)
  }
  const [there, here] = await Promise.all([gateway.call('GET', '/openapi.json').then((one) => one.json()), lab.json('GET', '/openapi.json', 200)]) as { components: { schemas: Record<string, unknown> }; paths: unknown }[]
  assert.deepEqual(there!.paths, here!.paths)
  for (const name of ['CheckEvent', 'Run', 'Gateway', 'Meta', 'ModeList', 'Problem', 'Explanation', 'CheckRequest']) assert.deepEqual(there!.components.schemas[name], here!.components.schemas[name], name)
})

const { samples } = JSON.parse(readFileSync(join(root, 'packages/bff/src/findings/catalogue.samples.json'), 'utf8')) as { samples: readonly { name: string; raw: unknown; context: object }[] }

test('the packed catalogue explains every sample as the delivered one does, to the letter', async (t) => {
  const lab = await openLab(t)
  assert.ok(samples.length > 50)
  for (const { name, raw, context } of samples) {
    const there = await (await gateway.call('POST', '/explain', { raw, context })).json() as Explanation
    const here = await lab.json('POST', '/explain', 200, { as: 'reader', body: { raw, context } }) as Explanation
    assert.deepEqual(there, here, name)
  }
})

test('the store of the bundle passes the whole suite of stores, on D1', async () => {
  const suite = join(root, 'test/conformance/store.suite.ts').replaceAll('\\', '/')
  const worker = await startWorker({ script: await scriptOf('store.worker.ts', `
    import { workersPorts } from '@mail-gateway/bff/workers'
    import { storeSuite } from ${JSON.stringify(suite)}
    export default { async fetch(request, env) {
      const name = new URL(request.url).searchParams.get('case')
      if (!name) return Response.json(Object.keys(storeSuite))
      for (const table of ['gateway', 'default_gateway', 'run', 'test_count', 'token']) await env.DB.prepare('DELETE FROM ' + table).run()
      return storeSuite[name](workersPorts(env).store).then(() => new Response('passed'), (error) => new Response(error.stack))
    } }`) })
  try {
    const cases = await (await worker.fetch('/')).json() as string[]
    assert.ok(cases.length > 5)
    for (const one of cases) assert.equal(await (await worker.fetch(`/?case=${encodeURIComponent(one)}`)).text(), 'passed', one)
  } finally {
    await worker.close()
  }
})

test('what the package’s own entry exports is there as well, and the same classes', async () => {
  const worker = await startWorker({ script: await scriptOf('root.worker.ts', `
    import * as root from '@mail-gateway/bff'
    import { workersPorts } from '@mail-gateway/bff/workers'
    export default { fetch(request, env) {
      let thrown
      try { root.createMailGateway({ ports: workersPorts(env), authorize: () => null, baseURL: 'nonsense', secrets: '' }) } catch (error) { thrown = error }
      return Response.json({ names: Object.keys(root).sort(), own: thrown instanceof root.OptionsError })
    } }`) })
  try {
    const { names, own } = await (await worker.fetch('/')).json() as { names: string[]; own: boolean }
    assert.equal(own, true)
    assert.deepEqual(names, Object.keys(await import('@mail-gateway/bff')).sort())
  } finally {
    await worker.close()
  }
})

test('both entries of the package are one module there, so that nobody carries two', async () => {
  const script = await scriptOf('both.worker.ts', "import { createMailGateway } from '@mail-gateway/bff'\nimport { optionsFrom, toWorker } from '@mail-gateway/bff/workers'\nexport const made = createMailGateway\nexport default toWorker((env) => optionsFrom(env))\n")
  assert.ok(Math.abs(script.length - upload.script.length) < 20_000, `${script.length} bytes against ${upload.script.length}`)
})
