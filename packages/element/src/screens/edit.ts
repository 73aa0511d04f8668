import type { FieldView, GroupView, ModeView, SecretView } from '@mail-gateway/contract'
import { asidePart, outLink } from '../parts/aside.ts'
import { actions, button, facts, link } from '../parts/button.ts'
import { callout } from '../parts/callout.ts'
import { fieldPart } from '../parts/field.ts'
import { heading } from '../parts/heading.ts'
import { html, live, noChange, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { titleOf } from '../parts/status.ts'
import { valueText } from '../strings/words.ts'
import { checklist, verdictOf } from './checklist.ts'
import { conflictScreen } from './conflict.ts'
import { gatewayHead, noticePart } from './frame.ts'
import { guidePart } from './guide.ts'
import { savedScreen } from './saved.ts'
import { controlAt, controlOf, modeOf } from './scene.ts'
import type { Scene } from './scene.ts'

/** Everything a submit found, in the words that stand beside the fields. Takes the focus. */
const summary = ({ draft, journey, page, level, t }: Scene) => {
  const order = ['name', ...draft.fields.map(({ name }) => name)]
  const known = [...draft.errors].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  const lead = (name: string) => (event: Event) => { event.preventDefault(); page.focusOn(controlAt(name)) }
  return known.length + journey.loose.length ? html`
    <div part="summary" class="stack box" role="alert" tabindex="-1" aria-labelledby="sum">${heading(level + 1, t.problem, { id: 'sum' })}
      <ul role="list">${known.map(([name, text]) => html`<li><a href="#f-${name}" @click=${lead(name)}>${text}</a></li>`)}${journey.loose.map((text) => html`<li>${text}</li>`)}</ul></div>` : nothing
}

/** The gateway's name, drawn like any other field. */
const nameField = ({ draft, journey, words, t, page }: Scene) => page.single ? nothing : html`<div part="group" class="stack">${fieldPart({
  field: { name: 'name', kind: 'text', label: t.name, hint: t.nameHint, group: '', required: false, messages: {} }, words, id: 'f-name', value: draft.name, error: draft.errors.get('name'), disabled: page.disabled,
  input: (value) => { draft.rename(String(value)); journey.changed('name') },
})}</div>`

const modeRow = ({ draft, journey, page, t }: Scene, { id, label, badge, hint, available }: ModeView) => html`
  <div part="mode"><input type="radio" name="mode" id="m-${id}" value=${id} aria-describedby="m-${id}-h" ?disabled=${page.disabled || !available.ok} .checked=${live(id === draft.mode)} @change=${() => journey.choose(id)}>
    <label part="mode-title" for="m-${id}">${label}</label><span part="mode-hint" id="m-${id}-h">${badge ? html`<b>${badge}</b> ` : nothing}${hint}${available.ok ? nothing : html` <b>${t.notHere}</b> ${available.reason}`}</span></div>`

/** The first question, always visible above the fields; one way of sending is no question. */
const modes = (scene: Scene) => scene.journey.modes.length < 2 ? nothing : html`
  <fieldset part="modes" class="stack"><legend>${heading(scene.level + 1, scene.t.howSent)}</legend>
    <div part="choices" class="box">${scene.journey.modes.map((mode) => modeRow(scene, mode))}</div></fieldset>`

const group = (scene: Scene, { id, label, advanced }: GroupView) => {
  const own = scene.draft.fields.filter((field) => field.group === id).map((field) => controlOf(scene, field))
  if (!own.length) return nothing
  if (!advanced) return html`<fieldset part="group" class="stack"><legend>${heading(scene.level + 1, label)}</legend>${own.map(fieldPart)}</fieldset>`
  // Opened by an error, never closed by its end: nothing moves under the hand.
  return html`<details part="more" .open=${live(own.some(({ error }) => error) || noChange)}><summary>${label}</summary>${own.map(fieldPart)}</details>`
}

/** A dated fact about these settings, and the ways out of it. */
const advicePart = ({ draft: { advice }, journey, words, level }: Scene) => {
  if (!advice) return nothing
  const { title, text, link: source, moves } = advice
  return callout('warn', level + 1, title, html`${text} ${source ? outLink(source.split('/')[2]!, source, words) : nothing}`,
    actions(moves.filter(({ mode }) => journey.modes.some(({ id, available }) => id === mode && available.ok)).map(({ mode, label, carry }) => button(label, () => journey.move(mode, carry)))))
}

const bar = ({ journey, journey: { busy, may, dirty }, gateways, page, t }: Scene) => actions(html`
  ${may.write && may.test ? button(t.checkAndSave, undefined, 'primary', busy) : nothing}${may.test ? button(t.checkOnly, () => journey.check(), '', busy) : nothing}
  ${may.write && gateways.unchecked ? button(t.saveUnchecked, () => journey.save(), 'quiet', busy) : nothing}<slot name="actions"></slot>
  ${page.single && !dirty ? nothing : button(t.cancel, () => journey.cancel(), 'quiet', false, 'end')}`, true)

/** The form of one gateway, drawn from what the BFF says about the chosen mode. */
const form = (scene: Scene) => {
  const { journey, draft, page, level } = scene
  const { groups, guide, aside } = draft.view!
  const beside = page.withoutGuide ? undefined : guide ? guidePart(scene, guide) : aside && asidePart(aside, level + 1)
  const main = html`<div part="main" class="stack">${beside ? html`<p part="guide-link">${link((guide ?? aside)!.title, () => page.focusOn('#g-h'))}</p>` : nothing}${groups.map((each) => group(scene, each))}</div>`
  return html`<form part="form" class="stack" novalidate autocomplete="off" @submit=${(event: Event) => { event.preventDefault(); void (journey.may.test ? journey.checkAndSave() : journey.save()) }}>
    ${nameField(scene)}${modes(scene)}${advicePart(scene)}${beside ? html`<div part="columns" class="stack">${main}${beside}</div>` : main}${bar(scene)}</form>`
}

/** All settings as text, for whoever may read and not write. */
const reader = ({ words, t, level, draft, journey, journey: { gateway, may, busy } }: Scene) => {
  const secret = (stored: SecretView | undefined) => !stored?.set ? t.notSet : `${t.configured}. ${stored.setAt ? t.replaced(words.when(stored.setAt), stored.setBy ?? '') : ''}`
  const said = (field: FieldView) => field.kind === 'secret' ? secret(gateway?.secrets[field.name]) : valueText(field, draft.values[field.name], t)
  return html`<p part="intro">${t.readOnly}</p>${draft.view!.groups.map(({ id, label }) => {
    const own = draft.fields.filter((field) => field.group === id)
    return own.length ? html`<div part="group" class="stack">${heading(level + 1, label)}${facts(own.map((field) => [field.label, said(field)]))}</div>` : nothing
  })}${may.test && gateway ? actions(button(t.checkNow, () => journey.checkStored(gateway), '', busy), true) : nothing}`
}

const body = (scene: Scene) => {
  const { journey, journey: { gateway }, checks, checks: { purpose }, draft, page, level, t } = scene
  if (!draft.view) return callout('warn', level + 1, t.notHere, nothing)
  if (journey.conflict) return conflictScreen(scene, journey.conflict)
  if (journey.folded && gateway) return savedScreen(scene, gateway)
  const again = () => purpose?.saves ? journey.checkAndSave() : purpose?.draft ? journey.check() : gateway && journey.checkStored(gateway)
  return html`${summary(scene)}${journey.may.write || page.disabled ? form(scene) : reader(scene)}${noticePart(scene)}${checks.state === 'idle' ? nothing : checklist(scene, verdictOf(scene, again))}`
}

/** One gateway: its form, its checks, and what became of them. */
export const editScreen = (scene: Scene): TemplateResult => {
  const { journey: { gateway }, t, page } = scene
  return html`${gatewayHead(scene, page.single ? t.gateways : gateway ? titleOf(gateway, modeOf(scene, gateway)) : t.newGateway)}${body(scene)}`
}
