import { html } from 'hono/html'
import { link } from './look.ts'
import type { Look } from './look.ts'
import type { Person } from './people.ts'

export type Html = ReturnType<typeof html>

/** One page of the product. */
export interface Page {
  /** Where it is, for the navigation. */
  readonly path: string
  readonly title: string
  /** Above the title, such as `Settings / Notifications`. */
  readonly crumbs?: string
  readonly body: Html
  /** Scripts, in order. */
  readonly scripts?: readonly string[]
  /** Scripts fetched early because another one asks for them. */
  readonly ahead?: readonly string[]
}

/** Who looks at it, how, and with which strip of demo controls on top. */
export interface Frame {
  readonly look: Look
  readonly person: Person
  readonly strip: Html
}

const product = [['/', 'Overview'], ['/projects', 'Projects'], ['/reports', 'Reports'], ['/settings', 'Settings']] as const

const settings = [
  ['Workspace', [['/settings', 'General'], ['/settings/members', 'Members'], ['/settings/billing', 'Billing']]],
  ['Notifications', [['/settings/email', 'Email'], ['/settings/chat', 'Chat'], ['/settings/webhooks', 'Webhooks']]],
  ['Security', [['/settings/sign-on', 'Single sign-on'], ['/settings/keys', 'API keys'], ['/settings/audit', 'Audit log']]],
] as const

const section = (path: string): string => (path.startsWith('/settings') ? '/settings' : path)

const top = ({ path }: Page, { look, person }: Frame): Html => html`
  <header class="top">
    <a class="brand" href="${link(look, '/')}">Plumline</a>
    <nav aria-label="Product">${product.map(([to, name]) => html`<a href="${link(look, to)}"${section(path) === to ? html` aria-current="${path === to ? 'page' : 'true'}"` : ''}>${name}</a>`)}</nav>
    <span class="who">${person.email}</span>
  </header>`

const places = (path: string, look: Look): Html => html`${settings.map(([group, entries]) => html`
  <h2>${group}</h2>
  ${entries.map(([to, name]) => html`<a href="${link(look, to)}"${path === to ? html` aria-current="page"` : ''}>${name}</a>`)}`)}`

/** Beside the page where there is room, folded above it where there is not. */
const side = ({ path }: Page, { look }: Frame): Html => html`
  <nav class="side" aria-label="Settings">${places(path, look)}</nav>
  <details class="side-menu"><summary>All settings</summary><nav aria-label="All settings">${places(path, look)}</nav></details>`

const head = ({ title, ahead = [] }: Page): Html => html`
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Plumline</title>
  <link rel="icon" href="/assets/icon.svg">
  <link rel="stylesheet" href="/assets/host.css">
  ${ahead.map((src) => html`<link rel="modulepreload" href="${src}">`)}`

/** A whole page: the demo's strip, then the product and nothing else. */
export const layout = (page: Page, frame: Frame): Html => html`<!doctype html>
<html lang="en" dir="${frame.look.dir}" data-brand="${frame.look.brand}" data-theme="${frame.look.theme}">
<head>${head(page)}</head>
<body>
<a class="skip" href="#content">Skip to the page</a>
${frame.strip}
<div class="product">
${top(page, frame)}
<div class="page${section(page.path) === '/settings' ? '' : ' page-wide'}">
${section(page.path) === '/settings' ? side(page, frame) : ''}
<main id="content" tabindex="-1">
${page.crumbs ? html`<p class="crumbs">${page.crumbs}</p>` : ''}
<h1>${page.title}</h1>
${page.body}
</main>
</div>
</div>
${['/assets/strip.js', ...page.scripts ?? []].map((src) => html`<script type="module" src="${src}"></script>`)}
</body>
</html>`
