import type { GatewayView } from '@mail-gateway/contract'
import { html, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Words } from '../strings/words.ts'
import { heading } from './heading.ts'
import { icon } from './icons.ts'
import type { Glyph } from './icons.ts'
import { menuPart } from './menu.ts'

export interface StatusFace { readonly tone: Glyph; readonly colour: string; readonly word: string; readonly detail: string }

export interface RowFace {
  readonly gateway: GatewayView
  readonly title: string
  /** Address mail is sent from. */
  readonly sender: string
  readonly modeLabel: string
  readonly target: string
  readonly status: StatusFace
  /** A check of this one runs. */
  readonly busy: boolean
}

export interface ListProps {
  readonly words: Words
  readonly level: number
  readonly rows: readonly RowFace[]
  readonly may: { readonly write: boolean; readonly test: boolean; readonly send: boolean }
  readonly product: string
  readonly modes: readonly { readonly id: string; readonly label: string; readonly hint: string }[]
  add(): void
  open(gateway: GatewayView): void
  check(gateway: GatewayView): void
  stop(): void
  see(gateway: GatewayView): void
  test(gateway: GatewayView): void
  makeDefault(gateway: GatewayView): void
  remove(gateway: GatewayView): void
}

/** Glyph, word and one line of facts. */
export const statusPart = ({ tone, colour, word, detail }: StatusFace, inline = false): TemplateResult =>
  html`<b class=${colour || nothing}>${icon(tone)}${word}</b>${detail ? html`${inline ? ' ' : html`<br>`}<small>${detail}</small>` : nothing}`

const actions = ({ gateway, title, busy }: RowFace, { words: { t }, may, ...on }: ListProps) => {
  const of = html`<span class="vh">${t.of(title)}</span>`
  const failing = gateway.status.state === 'failing' && gateway.status.runId !== undefined
  return html`<div part="actions" class="line">
    ${busy ? html`<button part="button button-quiet" type="button" @click=${() => on.stop()}>${t.stopCheck}${of}</button>`
      : failing ? html`<button part="button" type="button" @click=${() => on.see(gateway)}>${t.seeFailed}${of}</button>` : nothing}
    ${may.test && !busy ? html`<button part="button button-quiet" type="button" @click=${() => on.check(gateway)}>${t.checkNow}${of}</button>` : nothing}
    ${may.send && !busy && !failing ? html`<button part="button button-quiet" type="button" @click=${() => on.test(gateway)}>${t.sendTest}${of}</button>` : nothing}
    ${may.write ? menuPart(html`${t.more}${of}`, [
      ...(gateway.default ? [] : [{ text: html`${t.makeDefault}${of}`, act: () => on.makeDefault(gateway) }]),
      { text: html`${t.delete}${of}`, risk: true, act: () => on.remove(gateway) },
    ]) : nothing}</div>`
}

const rowPart = (row: RowFace, props: ListProps) => html`<li part="row">
  <div part="row-name"><button class="link" type="button" @click=${() => props.open(row.gateway)}>${row.title}</button>
    ${row.gateway.default && props.rows.length > 1 ? html` <span part="tag">${props.words.t.isDefault}</span>` : nothing}${row.sender && row.sender !== row.title ? html`<br><small><bdi>${row.sender}</bdi></small>` : nothing}</div>
  <div part="row-mode">${row.modeLabel}<br><small><code dir="ltr">${row.target}</code></small></div>
  <div part="row-status">${statusPart(row.status)}</div>${actions(row, props)}</li>`

/** Every gateway with its state, and what can be done from here. */
export const listPart = (props: ListProps): TemplateResult =>
  html`<ul part="list" class="box" role="list">${props.rows.map((row) => rowPart(row, props))}</ul>`

/** Nothing set up yet: what happens meanwhile, and the way in. */
export const emptyPart = ({ words: { t }, level, may, product, modes, add }: ListProps): TemplateResult => html`
  <div part="list empty" class="stack box"><slot name="empty">${heading(level + 1, t.emptyTitle)}<p>${may.write ? t.emptyText(product) : t.emptyReadOnly}</p></slot>
    ${may.write ? html`<div part="actions" class="line"><button part="button button-primary" type="button" @click=${add}>${t.setUpFirst}</button></div>
    <details part="more" open><summary>${t.whatNeeded}</summary><dl part="facts">${modes.map(({ label, hint }) => html`<dt>${label}</dt><dd>${hint}</dd>`)}</dl></details>` : nothing}</div>`

const bones = (...lines: readonly string[]) => lines.map((line, index) => (index ? html`<br><small><span>${line}</span></small>` : html`<span>${line}</span>`))

/** The list's shape while it loads, as high as the list will be. */
export const loadingPart = (rows: number): TemplateResult => html`
  <slot name="loading"><ul part="list bones" class="box" role="list" aria-hidden="true">${Array.from({ length: rows }, () => html`<li part="row">
    <div part="row-name">${bones('Outgoing', 'noreply@acme.example')}</div><div part="row-mode">${bones('Way of sending', 'mail.acme.example:587')}</div>
    <div part="row-status">${bones('Verified today', 'Checked today, 06:00')}</div><div part="actions" class="line"><span part="button">Check now</span></div></li>`)}</ul></slot>`
