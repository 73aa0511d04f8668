import { html } from 'hono/html'
import { permissions } from '../../sandbox/microsoft/index.ts'
import type { Application, Permission, Secret } from '../../sandbox/microsoft/index.ts'
import type { Html } from '../layout.ts'
import { at, facts, value } from './shell.ts'
import type { PortalFrame, PortalPage } from './shell.ts'

const apiNames = { graph: 'Microsoft Graph', exchange: 'Office 365 Exchange Online' } as const
const day = (date: Date): string => date.toISOString().slice(0, 10)
const shown = ({ tenant }: PortalFrame): readonly Application[] => tenant.applications.filter(({ hidden }) => !hidden)

const table = (caption: string, head: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html => html`
  <div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${head.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
  <tbody>${rows.map((cells) => html`<tr>${cells.map((cell, n) => (n ? html`<td>${cell}</td>` : html`<th scope="row">${cell}</th>`))}</tr>`)}</tbody></table></div>`

export const registrations = (frame: PortalFrame): PortalPage => ({
  path: '', title: 'App registrations',
  body: html`<p><a class="button" href="${at(frame, '/new')}">New registration</a></p>
    ${table('Owned applications', ['Name', 'Application (client) ID'], shown(frame).map(({ name, clientId }) => [html`<a href="${at(frame, `/apps/${clientId}`)}">${name}</a>`, html`<code>${clientId}</code>`]))}
    <form method="post" action="${at(frame, '/reset')}"><button class="quiet">Start over: forget all registrations and switches</button></form>`,
})

export const newRegistration = (frame: PortalFrame): PortalPage => ({
  path: '/new', title: 'Register an application',
  body: html`<form method="post" action="${at(frame, '/new')}">
    <p><label>Name <input name="name" required maxlength="80" autocomplete="off"></label></p>
    <fieldset><legend>Supported account types</legend><label><input type="radio" name="accounts" value="single" checked> Accounts in this organizational directory only (single tenant)</label></fieldset>
    <p><button>Register</button></p></form>`,
})

const tabs = (frame: PortalFrame, { clientId }: Application, current: string): Html => html`<nav class="tabs" aria-label="Application">${[['', 'Overview'], ['/secrets', 'Certificates & secrets'], ['/permissions', 'API permissions']].map(([path, name]) =>
  html`<a href="${at(frame, `/apps/${clientId}${path}`)}"${current === path ? html` aria-current="page"` : ''}>${name}</a>`)}</nav>`

export const overview = (frame: PortalFrame, application: Application): PortalPage => ({
  path: `/apps/${application.clientId}`, title: application.name,
  body: html`${tabs(frame, application, '')}<h2>Overview</h2>${facts([
    ['Display name', application.name], ['Application (client) ID', application.clientId], ['Object ID', application.objectId], ['Directory (tenant) ID', application.tenant.id],
  ])}`,
})

const lives = [['11', '11 months (recommended)'], ['3', '3 months'], ['24', '24 months']] as const

const secretRow = ({ name, id, ends, value: text }: Secret, fresh: string | undefined): readonly (string | Html)[] =>
  [name, day(ends), id === fresh ? value('Value', text) : html`<code>${text.slice(0, 3)}${'*'.repeat(9)}</code>`, value('Secret ID', id)]

/** `fresh`: id of the secret just made; its value is shown this once. */
export const secrets = (frame: PortalFrame, application: Application, fresh?: string): PortalPage => ({
  path: `/apps/${application.clientId}/secrets`, title: application.name,
  body: html`${tabs(frame, application, '/secrets')}<h2>Certificates &amp; secrets</h2>
    ${fresh ? html`<p class="told" role="status">Copy the Value now: it is not shown again once you leave this page.</p>` : ''}
    ${application.secrets.length ? table('Client secrets', ['Description', 'Expires', 'Value', 'Secret ID'], application.secrets.map((one) => secretRow(one, fresh))) : html`<p>No client secrets yet.</p>`}
    <h3>New client secret</h3><form method="post" action="${at(frame, `/apps/${application.clientId}/secrets`)}">
    <p><label>Description <input name="name" maxlength="80" autocomplete="off"></label></p>
    <p><label>Expires <select name="months">${lives.map(([months, label]) => html`<option value="${months}">${label}</option>`)}</select></label></p>
    <p><button>Add</button></p></form>`,
})

const nameOf = ({ value: name, type }: Permission): string => `${name}, ${type}`

const permissionRow = (permission: Permission, { consented, tenant }: Application): readonly (string | Html)[] =>
  [permission.value, apiNames[permission.api], permission.type, consented.includes(permission) ? html`<span class="granted">✔ Granted for ${tenant.name}</span>` : html`<span class="missing">Not granted for ${tenant.name}</span>`]

export const permissionsPage = (frame: PortalFrame, application: Application): PortalPage => ({
  path: `/apps/${application.clientId}/permissions`, title: application.name,
  body: html`${tabs(frame, application, '/permissions')}<h2>API permissions</h2>
    ${application.wanted.length ? table('Configured permissions', ['Permission', 'API', 'Type', 'Status'], application.wanted.map((one) => permissionRow(one, application))) : html`<p>No permissions have been added.</p>`}
    <form method="post" action="${at(frame, `/apps/${application.clientId}/consent`)}"><button${application.wanted.length ? '' : html` disabled`}>Grant admin consent for ${application.tenant.name}</button></form>
    <h3>Add a permission</h3><form method="post" action="${at(frame, `/apps/${application.clientId}/permissions`)}">
    ${(['graph', 'exchange'] as const).map((api) => html`<fieldset><legend>${apiNames[api]}</legend>${permissions.map((one, n) => (one.api === api
      ? html`<label><input type="checkbox" name="permission" value="${String(n)}"> ${nameOf(one)}</label>` : ''))}</fieldset>`)}
    <p><button>Add permissions</button></p></form>`,
})

export const enterprise = (frame: PortalFrame): PortalPage => ({
  path: '/enterprise', title: 'Enterprise applications',
  body: html`<p>The Object ID here is the one Exchange asks for. It differs from the one under App registrations.</p>
    ${table('All applications', ['Name', 'Object ID', 'Application ID'], shown(frame).map(({ name, servicePrincipalId, clientId }) => [name, value(`Object ID of ${name}`, servicePrincipalId), html`<code>${clientId}</code>`]))}`,
})

const onOff = (frame: PortalFrame, path: string, what: string, on: boolean, fields: Html): Html => html`<form method="post" action="${at(frame, path)}" class="switch">${fields}
  <input type="hidden" name="on" value="${on ? 'no' : 'yes'}"><span>${on ? 'On' : 'Off'}</span> <button>${on ? 'Turn off' : 'Turn on'}<span class="vh"> ${what}</span></button></form>`

export const mailboxes = (frame: PortalFrame): PortalPage => ({
  path: '/exchange', title: 'Mailboxes',
  body: html`<h2>Mail flow</h2><p>SMTP AUTH protocol for the organization</p>${onOff(frame, '/exchange/organization', 'SMTP AUTH for the organization', frame.tenant.smtpAuth, html``)}
    ${table('Active users', ['Mailbox', 'Licence', 'Authenticated SMTP'], frame.tenant.mailboxes.map(({ address, licensed, smtpAuth }) =>
      [address, licensed ? 'Exchange Online' : 'None', onOff(frame, '/exchange/mailbox', `Authenticated SMTP for ${address}`, smtpAuth, html`<input type="hidden" name="address" value="${address}">`)]))}
    <p>Rights of an application on a mailbox are given in <a href="${at(frame, '/powershell')}">PowerShell</a>.</p>`,
})

/** `said`: what the last script printed. */
export const powershell = (frame: PortalFrame, said?: readonly string[]): PortalPage => ({
  path: '/powershell', title: 'PowerShell',
  body: html`<p>Paste a PowerShell script of the guide here. Its lines are recognised and done to this demo’s directory; nothing of it is executed.</p>
    ${said ? html`<h2>Output</h2><pre tabindex="0" aria-label="Output" role="status">${said.join('\n')}</pre>` : ''}
    <form method="post" action="${at(frame, '/powershell')}">
    <p><label>Script <textarea name="script" rows="12" required spellcheck="false" autocomplete="off"></textarea></label></p>
    <p><label>Answer, where the script asks for the Object ID <input name="answer" autocomplete="off"></label></p>
    <p><button>Run</button></p></form>`,
})
