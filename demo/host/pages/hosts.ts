import { html } from 'hono/html'
import type { Html } from '../layout.ts'
import type { Look } from '../look.ts'
import type { Person } from '../people.ts'

type HostPage = (look: Look, person: Person) => Html

const handed = (person: Person, workspace: string): string => JSON.stringify({ account: person.id, workspace })

/** The least a page needs: one file, one tag. The session's cookie says who asks. */
const script: HostPage = (look) => html`<!doctype html>
<html lang="en" dir="${look.dir}" data-theme="${look.theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>One script and one tag</title><link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/host.css"></head>
<body><main class="alone"><h1>One script and one tag</h1>
<mail-gateway-settings api-base="/api/mail-gateway" product-name="Plumline"></mail-gateway-settings>
</main><script type="module" src="/assets/element.js"></script></body></html>`

/** Two settings on one page, each of another customer: they share nothing but the code. */
const two: HostPage = (look, person) => html`<!doctype html>
<html lang="en" dir="${look.dir}" data-brand="${look.brand}" data-theme="${look.theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Two on one page</title><link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/host.css"></head>
<body><main class="alone"><h1>Two on one page</h1>
${['north', 'south'].map((workspace) => html`<section aria-label="Office ${workspace}" data-handed="${handed(person, workspace)}"><mail-gateway-settings api-base="/api/mail-gateway" product-name="Office ${workspace}"></mail-gateway-settings></section>`)}
</main><script type="module" src="/assets/two.js"></script></body></html>`

/** A page whose own rules hit every element they can reach. */
const resets: HostPage = (look) => html`<!doctype html>
<html lang="en" dir="${look.dir}" data-theme="${look.theme}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A page with heavy resets</title><link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/host.css"><link rel="stylesheet" href="/assets/resets.css"></head>
<body><main class="alone"><h1>A page with heavy resets</h1>
<form action="/nowhere"><mail-gateway-settings api-base="/api/mail-gateway" product-name="Plumline"></mail-gateway-settings></form>
</main><script type="module" src="/assets/element.js"></script></body></html>`

/** Other pages an element may find itself on. */
export const hostPages: Readonly<Record<string, HostPage>> = { '/hosts/script': script, '/hosts/two': two, '/hosts/resets': resets }
