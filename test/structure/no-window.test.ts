// Why: rows of the fault matrix about windows, consent and refresh tokens have nothing to break yet. Whoever adds it is stopped here, and writes the rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routes } from '@mail-gateway/contract'
import { files, isShipped, read } from './sources.ts'

/** Signs of a flow that sends a person to a sign-in page: with each, which rows get a subject. */
const signs: readonly { readonly what: string; readonly rows: string; readonly in: (path: string, code: string) => boolean }[] = [
  { what: 'opens a window', rows: 'F93, F94', in: (_, code) => /\bwindow\s*\??\.\s*open\b|\bglobalThis\s*\??\.\s*open\s*\(|(?<![.\w$#])open\s*\(\s*[`'"]|['"]popup['"]|\bnoopener=|\bshowModalDialog\b/.test(code) },
  { what: 'waits for a window', rows: 'F94', in: (_, code) => /(?<!cross-origin-)\bopener\b|\.closed\b(?=\s*[)&|?;])|\bBroadcastChannel\b/.test(code.replace(/rel="[^"]*"/g, '')) },
  { what: 'leaves the page for another address', rows: 'F93, F95', in: (_, code) => /\blocation\s*\.\s*(assign|replace)\s*\(|\blocation(\s*\.\s*href)?\s*=(?![=>])/.test(code) },
  { what: 'lets a link name a window of its own', rows: 'F93, F94', in: (_, code) => /\btarget\s*=\s*["'`$\\]*(?!_blank\b)[\w${]/.test(markup(code)) },
  { what: 'sends the browser elsewhere', rows: 'F95', in: (path, code) => path.startsWith('packages/bff/') && /\bResponse\s*\.\s*redirect\b|\.redirect\s*\(|['"]?\blocation['"]?\s*:\s*(?!undefined)[`'"\w]/i.test(withoutTypes(code)) },
  { what: 'asks for a person’s consent', rows: 'F95', in: (_, code) => /authorization_?code\b|AuthorizationCode|code_verifier|code_challenge|pkce|getAuthCodeUrl|acquireTokenByCode/i.test(code) },
  { what: 'keeps a refresh token', rows: 'F105', in: (_, code) => /refresh_?token/i.test(code.replace(/(['"`])(?:\\.|(?!\1)[^\\])*\1/g, '')) || /grant_type['"]?\s*[:=,]\s*['"]refresh_token|acquireTokenByRefreshToken/.test(code) },
]

/** Attributes are looked for in markup alone: a variable may be called target. */
function markup(code: string): string {
  return [...code.matchAll(/<(?:a|form|area|base)\b[^>]*>/g)].map(([tag]) => tag).join('\n')
}

function withoutTypes(code: string): string {
  return code.replace(/^\s*readonly .*$/gm, '')
}

const code = (source: string): string => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

const found = (path: string, source: string): string[] => signs.filter((sign) => sign.in(path, code(source))).map(({ what, rows }) => `${path} ${what}: write ${rows}`)

const flows = /authoriz|oauth|callback|consent|setup/i
const flowsIn = (table: Readonly<Record<string, { readonly path: string }>>): string[] =>
  Object.entries(table).filter(([name, { path }]) => flows.test(name) || flows.test(path)).map(([name, { path }]) => `${name} ${path}`)

// The one file that names what a sign-in carries without having any: the words that are hidden wherever they turn up.
const shipped = files('packages/*/{src,bin}/**/*.{ts,mjs}').filter((path) => isShipped(path) && !path.includes('/testing/') && path !== 'packages/bff/src/findings/mask.ts')

test('no subject yet: fault F93, F94, F95 and F105: nothing that ships opens a window, sends anybody to a sign-in page, or keeps a refresh token', () => {
  assert.ok(shipped.length > 100)
  assert.deepEqual(shipped.flatMap((path) => found(path, read(path))), [])
})

test('no subject yet: fault F93, F94, F95 and F105: the table of routes has no authorization, callback or consent', () => {
  assert.ok(Object.keys(routes).length >= 10)
  assert.deepEqual(flowsIn(routes), [])
})

const planted: readonly (readonly [string, string])[] = [
  ['packages/element/src/x.ts', "const popup = window.open('/api/oauth/start', 'sign-in', 'width=500')"],
  ['packages/element/src/x.ts', 'const tab = globalThis.open(url)'],
  ['packages/element/src/x.ts', 'open(`${base}/oauth/start/${id}`)'],
  ['packages/element/src/x.ts', 'if (popup.closed) cancelled()'],
  ['packages/element/src/x.ts', "const news = new BroadcastChannel('mgs')"],
  ['packages/element/src/x.ts', 'location.assign(start)'],
  ['packages/element/src/x.ts', 'location.href = start'],
  ['packages/element/src/x.ts', 'html`<a href=${to} target="sign-in">Continue to Microsoft</a>`'],
  ['packages/element/src/x.ts', 'html`<form action=${to} target=${name}>`'],
  ['packages/bff/src/x.ts', 'return Response.redirect(authorize, 302)'],
  ['packages/bff/src/x.ts', 'return context.redirect(authorize)'],
  ['packages/bff/src/x.ts', 'new Response(null, { status: 302, headers: { location: authorize } })'],
  ['packages/bff/src/x.ts', 'const url = await client.getAuthCodeUrl({ scopes })'],
  ['packages/bff/src/x.ts', "body.set('grant_type', 'authorization_code')"],
  ['packages/bff/src/x.ts', 'await store.put({ refreshToken: answer.refresh_token })'],
]

for (const [path, source] of planted) {
  test(`no subject yet: a planted one is found: ${source.slice(0, 60)}`, () => assert.ok(found(path, source).length > 0))
}

for (const route of [{ path: '/gateways/{id}/authorizations' }, { path: '/oauth/start/{id}' }, { path: '/oauth/callback' }, { path: '/oauth/consent-callback' }]) {
  test(`no subject yet: a planted route is found: ${route.path}`, () => assert.equal(flowsIn({ ...routes, planted: route }).length, 1))
}

const innocent: readonly (readonly [string, string])[] = [
  ['packages/element/src/x.ts', 'html`<a href=${to} target="_blank" rel="noopener noreferrer">${text}</a>`'],
  ['packages/element/src/x.ts', '// window.open is for later\nconst target = event.currentTarget'],
  ['packages/bff/src/x.ts', 'await open(kept.sealed, place, keyring)'],
]

for (const [path, source] of innocent) {
  test(`no subject yet: what is none is left alone: ${source.slice(0, 50).replace(/\n/g, ' ')}`, () => assert.deepEqual(found(path, source), []))
}
