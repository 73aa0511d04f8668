import { html } from 'hono/html'
import type { Sandbox, Scenario } from '../sandbox/index.ts'
import { microsoftScenarios } from '../sandbox/microsoft/index.ts'
import type { MicrosoftMode } from '../sandbox/microsoft/index.ts'
import type { Html } from './layout.ts'
import { brands, directions, link, themes } from './look.ts'
import type { Look } from './look.ts'
import { people } from './people.ts'
import { portalPath } from './portal/paths.ts'

const copyable = (label: string, value: string | number): Html => html`
  <span class="value"><code>${value}</code><button type="button" data-copy="${value}">Copy<span class="vh"> ${label}</span></button></span>`

const fact = (term: string, label: string, value: string | number): Html => html`<div><dt>${term}</dt><dd>${copyable(label, value)}</dd></div>`

const good = [['starttls', 'STARTTLS', 'with sign-in'], ['tls', 'TLS', 'with sign-in'], ['relay', 'Relay', 'no encryption, no sign-in']] as const

const ports = (sandbox: Sandbox, look: Look): Html => html`${good.map(([id, name, how]) => html`
  <div><dt>${name} <small>${how}</small></dt><dd>${copyable(`the port for ${name}`, sandbox.ports[id])}
    <a href="${link(look, '/settings/email', { scenario: id })}">Fill in<span class="vh"> the values for ${name}</span></a></dd></div>`)}`

const values = (sandbox: Sandbox, look: Look): Html => html`
  <h2 id="demo-values">Type these</h2>
  <dl class="values" aria-labelledby="demo-values">
    ${fact('Server', 'the server', 'localhost')}
    ${fact('User name', 'the user name', sandbox.account.username)}
    ${fact('Password', 'the password', sandbox.account.password)}
    ${fact('From', 'the From address', sandbox.typed('relay').settings.from)}
  </dl>
  <h2 id="demo-ports">Ports</h2>
  <dl class="values" aria-labelledby="demo-ports">${ports(sandbox, look)}</dl>
  ${microsoftValues(look)}`

const modes: readonly (readonly [MicrosoftMode, string])[] = [['graph', 'Graph'], ['smtp-office365', 'SMTP Office 365']]

/** A registration for each mode that is ready to use; the portal makes others. */
const microsoftValues = (look: Look): Html => html`
  <h2 id="demo-microsoft">Microsoft</h2>
  <dl class="values" aria-labelledby="demo-microsoft">
    <div><dt>Cloud, under Advanced</dt><dd><span class="value"><code>Demo cloud</code></span></dd></div>
    ${fact('Tenant', 'the tenant', 'acme.example')}
    ${fact('Sends as', 'the mailbox', 'noreply@acme.example')}
    <div><dt>Set up by the guide</dt><dd><a href="${portalPath}/demo">Demo portal</a></dd></div>
    ${modes.map(([mode, name]) => html`<div><dt>Ready-made app</dt><dd><a href="${link(look, '/settings/email', { scenario: mode })}">Fill in<span class="vh"> the values for</span> ${name}</a></dd></div>`)}
  </dl>`

const option = (value: string, label: string, chosen: string | undefined): Html =>
  html`<option value="${value}"${value === chosen ? html` selected` : ''}>${label}</option>`

const choice = (name: string, label: string, options: Html): Html =>
  html`<label><span>${label}</span> <select name="${name}">${options}</select></label>`

const scenarioOptions = (scenarios: readonly Scenario[], chosen: string | undefined): Html => html`
  ${option('', 'None', chosen ?? '')}
  <optgroup label="Works">${good.map(([id, name, how]) => option(id, `${name}, ${how}`, chosen))}</optgroup>
  ${[...Map.groupBy(scenarios, ({ group }) => group)].map(([group, some]) =>
    html`<optgroup label="${group}">${some.map(({ id, title }) => option(id, title, chosen))}</optgroup>`)}
  <optgroup label="Microsoft works">${modes.map(([id, name]) => option(id, name, chosen))}${option('retiring', 'Password at Microsoft', chosen)}</optgroup>
  ${[...Map.groupBy(microsoftScenarios, ({ group }) => group)].map(([group, some]) =>
    html`<optgroup label="Microsoft: ${group}">${some.map(({ id, title }) => option(id, title, chosen))}</optgroup>`)}`

const switches = (sandbox: Sandbox, look: Look, person: string): Html => html`
  <h2 id="demo-show">Show</h2>
  <form method="get" action="/settings/email" class="switches" aria-labelledby="demo-show">
      ${choice('scenario', 'Server', scenarioOptions(sandbox.scenarios, look.scenario))}
      ${choice('user', 'Signed in as', html`${people.map(({ id, name, role }) => option(id, `${name}, ${role.toLowerCase()}`, person))}`)}
      ${choice('brand', 'Brand', html`${brands.map(([id, name]) => option(id, name, look.brand))}`)}
      ${choice('theme', 'Colours', html`${themes.map(([id, name]) => option(id, name, look.theme))}`)}
      ${choice('dir', 'Direction', html`${directions.map(([id, name]) => option(id, name, look.dir))}`)}
      <input type="hidden" name="tenant" value="${look.tenant}">
      <button type="submit">Show</button>
  </form>`

const privateAuthority = (sandbox: Sandbox): Html => html`
  <details class="pem"><summary>The private authority’s certificate</summary>
    <p><button type="button" data-copy="${sandbox.privateCa}">Copy<span class="vh"> the authority’s certificate</span></button> Paste it under Advanced, own certificate authority.</p>
    <pre tabindex="0" aria-label="Certificate">${sandbox.privateCa}</pre></details>`

/** What the chosen server does wrong, and its port, for typing by hand. */
const chosen = (sandbox: Sandbox, id: string | undefined): Html | '' => {
  const scenario = sandbox.scenarios.find((one) => one.id === id)
  if (!scenario) return ''
  return html`<h2 id="demo-chosen">Filled in</h2>
    <section class="chosen" aria-labelledby="demo-chosen"><p><b>${scenario.title}</b>, port ${copyable('the port of this server', sandbox.ports.scenarios[scenario.id]!)} What you will be told: ${scenario.sees}</p>
    ${scenario.certificate === 'unknownCa' ? privateAuthority(sandbox) : ''}</section>`
}

/** What is wrong at Microsoft, and for what one has to do to see it. */
const chosenMicrosoft = (look: Look): Html | '' => {
  const scenario = microsoftScenarios.find(({ id }) => id === look.scenario)
  if (!scenario) return ''
  return html`<h2 id="demo-chosen">Filled in</h2>
    <section class="chosen" aria-labelledby="demo-chosen"><p><b>${scenario.title}</b>. What you will be told: ${scenario.sees}
    <a href="${link(look, '/settings/email', { scenario: scenario.id, act: scenario.act })}">${scenario.act === 'check' ? 'Check it' : 'Save it and send a test email'}</a></p></section>`
}

/** Controls of the demo, on top of the product and visibly no part of it. */
export const strip = (sandbox: Sandbox, look: Look, person: string): Html => html`
<aside class="demo" aria-label="Demo controls" dir="ltr">
  <div class="demo-head">
    <p><b>Demo.</b> Everything here runs on this machine; nothing leaves it.</p>
    <a href="${link(look, '/inbox')}">Inbox <span class="count" data-inbox-count>${sandbox.inbox.list().length}</span></a>
    <button type="button" class="fold" aria-expanded="true" aria-controls="demo-body">Demo controls</button>
  </div>
  <div class="demo-body" id="demo-body">
    ${values(sandbox, look)}
    ${switches(sandbox, look, person)}
    ${chosen(sandbox, look.scenario)}${chosenMicrosoft(look)}
  </div>
  <p class="vh" role="status" data-said></p>
</aside>`
