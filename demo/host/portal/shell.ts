import { html } from 'hono/html'
import type { DemoCloud, Tenant } from '../../sandbox/microsoft/index.ts'
import type { Html } from '../layout.ts'
import { portalPath } from './paths.ts'

/** One page of the portal. */
export interface PortalPage {
  /** Behind the cloud's own path, such as `/enterprise`. */
  readonly path: string
  readonly title: string
  readonly body: Html
}

export interface PortalFrame {
  readonly cloud: DemoCloud
  readonly tenant: Tenant
}

const places = [['', 'App registrations'], ['/enterprise', 'Enterprise applications'], ['/exchange', 'Mailboxes'], ['/powershell', 'PowerShell']] as const

export const at = ({ cloud }: PortalFrame, path: string): string => `${portalPath}/${cloud.id}${path}`

/** Where a page belongs: those of one application belong to the registrations. */
const section = (path: string): string => (path.startsWith('/apps') || path === '/new' ? '' : path)

const nav = (frame: PortalFrame, path: string): Html => html`<nav aria-label="Portal">${places.map(([to, name]) =>
  html`<a href="${at(frame, to)}"${section(path) === to ? html` aria-current="${path === to ? 'page' : 'true'}"` : ''}>${name}</a>`)}</nav>`

/** A whole page in the portal's own look: neither the product's nor Microsoft's. */
export const portalShell = (frame: PortalFrame, { path, title, body }: PortalPage): Html => html`<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Demo portal</title>
<link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/portal.css"></head>
<body>
<header><p class="what"><b>Demo portal</b> <span>stands in for Microsoft’s admin centres. Nothing here reaches Microsoft.</span></p>
<p class="where">${frame.cloud.label}, ${frame.tenant.name} <span>(${frame.tenant.domains[0]})</span></p>${nav(frame, path)}</header>
<main><h1>${title}</h1>${body}</main>
<p class="vh" role="status" data-said></p>
<script type="module" src="/assets/portal.js"></script>
</body></html>`

/** A value to take along, with a button that copies it. */
export const value = (label: string, text: string): Html =>
  html`<span class="value"><code>${text}</code><button type="button" data-copy="${text}">Copy<span class="vh"> ${label}</span></button></span>`

export const facts = (rows: readonly (readonly [string, string])[]): Html =>
  html`<dl>${rows.map(([label, text]) => html`<div><dt>${label}</dt><dd>${value(label, text)}</dd></div>`)}</dl>`
