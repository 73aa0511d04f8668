import type { GroupView, ModeView } from '@mail-gateway/contract'
import { html, live, noChange, nothing } from './html.ts'
import type { TemplateResult } from './html.ts'
import type { Control } from '../kinds/control.ts'
import type { Words } from '../strings/words.ts'
import { fieldPart } from './field.ts'
import { heading } from './heading.ts'

export interface FormProps {
  readonly words: Words
  readonly level: number
  readonly modes: readonly ModeView[]
  readonly mode: ModeView
  /** Gateway's name; without it the name is not asked for. */
  readonly name: Control | undefined
  readonly controls: readonly Control[]
  readonly disabled: boolean
  /** A group that is folded shows itself when a field in it needs attention. */
  readonly aside: unknown
  readonly actions: unknown
  readonly above: unknown
  choose(mode: string): void
  submit(): void
}

const modeRow = (mode: ModeView, { mode: chosen, words, disabled, choose }: FormProps) => {
  const id = `m-${mode.id}`
  const reason = mode.available.ok ? undefined : mode.available.reason
  return html`<div part="mode"><input type="radio" name="mode" id=${id} value=${mode.id} aria-describedby="${id}-h" ?disabled=${disabled || Boolean(reason)}
    .checked=${live(mode.id === chosen.id)} @change=${() => choose(mode.id)}><label part="mode-title" for=${id}>${mode.label}</label>
    <span part="mode-hint" id="${id}-h">${mode.badge ? html`<b>${mode.badge}</b> ` : nothing}${mode.hint}${reason ? html` <b>${words.t.notHere}</b> ${reason}` : nothing}</span></div>`
}

/** The first question, always visible above the fields; one way of sending is no question. */
const modes = (props: FormProps) => props.modes.length < 2 ? nothing : html`
  <fieldset part="modes" class="stack"><legend>${heading(props.level + 1, props.words.t.howSent)}</legend>
    <div part="choices" class="box">${props.modes.map((mode) => modeRow(mode, props))}</div></fieldset>`

const group = ({ id, label, advanced }: GroupView, { controls, level }: FormProps) => {
  const own = controls.filter(({ field }) => field.group === id)
  if (!own.length) return nothing
  if (!advanced) return html`<fieldset part="group" class="stack"><legend>${heading(level + 1, label)}</legend>${own.map(fieldPart)}</fieldset>`
  // Opened by an error, never closed by its end: nothing moves under the hand.
  return html`<details part="more" .open=${live(own.some(({ error }) => error) || noChange)}><summary>${label}</summary>${own.map(fieldPart)}</details>`
}

const fields = (props: FormProps) => {
  const main = html`<div part="main" class="stack">${props.mode.groups.map((view) => group(view, props))}</div>`
  return props.aside ? html`<div part="columns" class="stack">${main}${props.aside}</div>` : main
}

/** The form of one gateway, drawn from what the BFF says about the chosen mode. */
export const formPart = (props: FormProps): TemplateResult => html`
  <form part="form" class="stack" novalidate autocomplete="off" @submit=${(event: Event) => { event.preventDefault(); props.submit() }}>
    ${props.above}
    ${props.name ? html`<div part="group" class="stack">${fieldPart(props.name)}</div>` : nothing}
    ${modes(props)}${fields(props)}${props.actions}
  </form>`
