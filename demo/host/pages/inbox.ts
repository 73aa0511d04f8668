import { html } from 'hono/html'
import type { Mail } from '../../sandbox/index.ts'
import type { Html } from '../layout.ts'
import { link } from '../look.ts'
import type { Look } from '../look.ts'

const row = (mail: Mail, look: Look): Html => html`
  <li><a href="${link(look, `/inbox/${mail.id}`)}"><b>${mail.subject || '(no subject)'}</b>
    <span>From ${mail.from || mail.envelope.from}</span><span>To ${mail.envelope.to.join(', ')}</span>
    <time datetime="${mail.receivedAt}">${mail.receivedAt.slice(11, 19)} UTC</time></a></li>`

const list = (mails: readonly Mail[], look: Look): Html => html`
  <h1>Inbox of the demo</h1>
  <p>Whatever the demo’s mail servers accept ends here, for every address. Nothing is delivered anywhere else.</p>
  <div data-inbox-list data-newest="${mails[0]?.id ?? ''}">${mails.length
    ? html`<ul class="mails" role="list">${mails.map((mail) => row(mail, look))}</ul>`
    : html`<p class="empty"><b>No mail yet.</b> Send a test email from the settings page; it appears here by itself.</p>`}</div>
  <p><a href="${link(look, '/settings/email')}">Back to the email settings</a></p>`

const envelope = ({ session, envelope: { from, to } }: Mail): readonly (readonly [string, string])[] => [
  ['Envelope sender', from], ['Envelope recipients', to.join(', ')], ['Taken by', session.server], ['Client called itself', session.ehlo],
  ['Signed in as', session.user ?? 'nobody'], ['Encryption', session.protocol ?? 'none'],
]

const facts = (rows: readonly (readonly [string, string])[]): Html =>
  html`<dl class="facts">${rows.map(([term, text]) => html`<div><dt>${term}</dt><dd dir="auto">${text || 'none'}</dd></div>`)}</dl>`

const message = (mail: Mail, look: Look): Html => html`
  <p><a href="${link(look, '/inbox')}">Inbox</a></p>
  <h1 dir="auto">${mail.subject || '(no subject)'}</h1>
  ${facts([['From', mail.from], ['Reply-To', mail.replyTo], ['To', mail.to], ['Subject', mail.subject], ['Message-ID', mail.messageId]])}
  <h2>Text</h2><pre class="text" tabindex="0" aria-label="Text of the message" dir="auto">${mail.text}</pre>
  <h2>How it came</h2>${facts(envelope(mail))}
  <details><summary>Source</summary><pre tabindex="0" aria-label="Source of the message">${mail.source}</pre></details>`

const shell = (title: string, body: Html, look: Look): Html => html`<!doctype html>
<html lang="en" dir="${look.dir}" data-brand="${look.brand}" data-theme="${look.theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/host.css"></head>
<body class="inbox"><main class="alone">${body}</main><p class="vh" role="status" data-said></p>
<script type="module" src="/assets/inbox.js"></script></body></html>`

/** All mail, newest first. */
export const inboxPage = (mails: readonly Mail[], look: Look): Html => shell('Inbox of the demo', list(mails, look), look)

/** One mail: header, text, envelope, connection and source. All of it is shown as text. */
export const mailPage = (mail: Mail, look: Look): Html => shell(`${mail.subject} · Inbox of the demo`, message(mail, look), look)
