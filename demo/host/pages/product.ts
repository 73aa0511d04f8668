import { html } from 'hono/html'
import type { Html, Page } from '../layout.ts'
import { link } from '../look.ts'
import type { Look } from '../look.ts'
import type { Outcome } from '../report-mail.ts'

const table = (caption: string, head: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html => html`
  <div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
    <thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
    <tbody>${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`

const card = (label: string, figure: string, note: string): Html =>
  html`<li class="card"><p class="label">${label}</p><p class="figure">${figure}</p><p class="note">${note}</p></li>`

const overview = (look: Look): Page => ({
  path: '/', title: 'Overview', body: html`
  <ul class="cards" role="list">
    ${card('Open defects', '23', '6 of them block a handover')}
    ${card('Inspections this week', '12', '4 on Friday')}
    ${card('Handovers this month', '3', 'Kiln Street first, on the 26th')}
  </ul>
  ${table('Newest findings', ['Finding', 'Project', 'Seen by', 'Due'], [
    ['Handrail 4 cm too low, stair B', 'Kiln Street', 'Grace', '24 Nov'],
    ['Damp patch behind the boiler', 'Harbour Row 12', 'Noor', '25 Nov'],
    ['Fire door does not close by itself', 'Kiln Street', 'Ada', '26 Nov'],
    ['Socket without cover, flat 3.2', 'Mill Yard', 'Noor', '1 Dec'],
  ])}
  <p>Findings are mailed to the people responsible every evening. <a href="${link(look, '/reports')}">See the reports</a></p>`,
})

const projects = (): Page => ({
  path: '/projects', title: 'Projects', body: table('Running projects', ['Project', 'Stage', 'Inspections', 'Open defects', 'Handover'], [
    ['Kiln Street', 'Finishing', '41', '14', '26 Nov 2026'],
    ['Harbour Row 12', 'Finishing', '28', '7', '14 Dec 2026'],
    ['Mill Yard', 'Shell', '9', '2', '3 Mar 2027'],
    ['School at the Weir', 'Planning', '0', '0', '1 Sep 2027'],
  ]),
})

const told = ({ sent, title, text }: Outcome): Html =>
  html`<div class="told" role="${sent ? 'status' : 'alert'}"><p><b>${title}</b></p><p dir="auto">${text}</p></div>`

/** Reports, and what became of the one just sent by hand. */
export const reports = (look: Look, outcome?: Outcome): Page => ({
  path: '/reports', title: 'Reports', body: html`
  ${outcome ? told(outcome) : ''}
  ${table('Reports by email', ['Report', 'When', 'To', 'Pages'], [
    ['Findings of the day', 'Every evening, 18:00', 'Site managers', '2 to 4'],
    ['Defects by trade', 'Mondays, 07:00', 'Subcontractors, each their own', '1 to 3'],
    ['Handover file', 'When a project is handed over', 'Client', 'about 60'],
  ])}
  <form method="post" action="${link(look, '/reports')}"><button type="submit">Send the findings of the day to me now</button></form>
  <p>Reports leave through the default mail gateway. <a href="${link(look, '/settings/email')}">Email settings</a></p>`,
})

const facts = (rows: readonly (readonly [string, string | Html])[]): Html =>
  html`<dl class="facts">${rows.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>`

const setting = (path: string, group: string, title: string, body: Html): Page => ({ path, title, crumbs: `Settings / ${group}`, body })

const general = (look: Look): Page => setting('/settings', 'Workspace', 'General', html`${facts([
  ['Workspace', 'Acme Building'], ['Address', html`<code>acme.plumline.example</code>`],
  ['Time zone', 'Berlin'], ['Language', 'English'], ['Data is kept in', 'Frankfurt'],
])}<p>Reports and invitations leave by email. <a href="${link(look, '/settings/email')}">Set up email</a></p>`)

const members = (look: Look): Page => setting('/settings/members', 'Workspace', 'Members', html`
  ${table('People in this workspace', ['Name', 'Address', 'Role', 'View'], [
    ['Ada', 'ada@acme.example', 'Administrator', html`<a href="${link(look, '/settings/email', { user: 'ada' })}">Email settings as Ada</a>`],
    ['Grace', 'grace@acme.example', 'Administrator', html`<a href="${link(look, '/settings/email', { user: 'grace' })}">Email settings as Grace</a>`],
    ['Noor', 'noor@acme.example', 'Reader', html`<a href="${link(look, '/settings/email', { user: 'noor' })}">Email settings as Noor</a>`],
  ])}<p>Administrators may change settings; readers may look at them.</p>`)

const billing = (): Page => setting('/settings/billing', 'Workspace', 'Billing', facts([
  ['Plan', 'Team, 25 people'], ['Next invoice', '1 Dec 2026, 375.00 EUR'], ['Paid by', 'Bank transfer'], ['Invoices go to', html`<code>accounts@acme.example</code>`],
]))

const chat = (look: Look): Page => setting('/settings/chat', 'Notifications', 'Chat', html`
  <p>No chat is connected. Findings and handovers go out by email until one is.</p>
  <p><a href="${link(look, '/settings/email')}">Email settings</a></p>`)

const webhooks = (): Page => setting('/settings/webhooks', 'Notifications', 'Webhooks', table('Addresses that hear of events', ['Address', 'Events', 'Last answer'], [
  [html`<code>https://erp.acme.example/plumline</code>`, 'Defect opened, defect closed', '204, today 06:12'],
]))

const signOn = (): Page => setting('/settings/sign-on', 'Security', 'Single sign-on', facts([
  ['Sign-in', 'Through the company’s directory'], ['Domains', 'acme.example'], ['Second factor', 'Left to the directory'],
]))

const keys = (): Page => setting('/settings/keys', 'Security', 'API keys', table('Keys', ['Name', 'May', 'Made by', 'Last used'], [
  ['ERP import', 'Read projects', 'Ada', 'today'], ['Tablet fleet', 'Write findings', 'Grace', 'yesterday'],
]))

/** Pages around the one this demo is about: small, and none of them a dead end. */
export const productPages: Readonly<Record<string, (look: Look) => Page>> = {
  '/': overview, '/projects': projects, '/reports': (look) => reports(look), '/settings': general, '/settings/members': members,
  '/settings/billing': billing, '/settings/chat': chat, '/settings/webhooks': webhooks, '/settings/sign-on': signOn, '/settings/keys': keys,
}

/** One thing an administrator did, as the backend told it. */
export interface Deed {
  readonly at: string
  readonly who: string
  readonly what: string
  readonly on: string
}

export const audit = (deeds: readonly Deed[]): Page => setting('/settings/audit', 'Security', 'Audit log', deeds.length
  ? table('What was done, newest first', ['When', 'Who', 'What', 'On'], deeds.map(({ at, who, what, on }) => [html`<time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>`, who, what, on]))
  : html`<p>Nothing yet. Changes to the email settings appear here, with who made them and when.</p>`)

export const notFound: Page = { path: '/nowhere', title: 'There is no such page', body: html`<p>The address may be old. <a href="/">Go to the overview</a></p>` }
