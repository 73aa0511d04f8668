import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { asidePart, guidePart } from '../parts/aside.ts'
import { callout } from '../parts/callout.ts'
import { conflictPart } from '../parts/conflict.ts'
import { factsPart } from '../parts/facts.ts'
import { formPart } from '../parts/form.ts'
import { senderOf, targetOf, titleOf } from '../parts/status.ts'
import { summaryPart } from '../parts/summary.ts'
import type { Issue } from '../parts/summary.ts'
import { checksSection, countWords, verdictOf } from './checks.ts'
import { gatewayHead, noticePart } from './frame.ts'
import { controlOf, idOf, modeOf, nameControl } from './scene.ts'
import type { Scene } from './scene.ts'

const issues = ({ draft, journey }: Scene): readonly Issue[] => {
  const order = ['name', ...draft.fields.map(({ name }) => name)]
  const known = [...draft.errors].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  return [...known.map(([name, text]) => ({ name, id: name === 'name' ? 'n-name' : idOf(name), text })), ...journey.loose.map((text) => ({ name: '', text }))]
}

const summary = (scene: Scene) => summaryPart({
  words: scene.words, level: scene.level, issues: issues(scene),
  go: (name) => scene.page.focusOn(`#${CSS.escape(name === 'name' ? 'n-name' : idOf(name))}`),
})

const aside = ({ page, draft, words, level, ticks, tick }: Scene): TemplateResult | undefined => {
  const { view } = draft
  if (page.withoutGuide || !view) return undefined
  if (view.guide) return guidePart({ guide: view.guide, words, level: level + 1, done: ticks, tick })
  return view.aside && asidePart(view.aside, level + 1)
}

const actions = ({ journey, gateways, page, words: { t } }: Scene) => {
  const { may, busy } = journey
  const off = busy ? 'true' : nothing
  const unchecked = may.write && gateways.meta?.policy.saveRequires === 'nothing'
  return html`<div part="actions bar" class="line">
    ${may.write && may.test ? html`<button part="button button-primary" type="submit" aria-disabled=${off}>${t.checkAndSave}</button>` : nothing}
    ${may.test ? html`<button part="button" type="button" aria-disabled=${off} @click=${() => void journey.check()}>${t.checkOnly}</button>` : nothing}
    ${unchecked ? html`<button part="button button-quiet" type=${may.test ? 'button' : 'submit'} aria-disabled=${off} @click=${may.test ? () => void journey.save() : nothing}>${t.saveUnchecked}</button>` : nothing}
    <slot name="actions"></slot>
    ${page.single && !journey.dirty ? nothing : html`<button part="button button-quiet" class="end" type="button" @click=${() => journey.cancel()}>${t.cancel}</button>`}</div>`
}

const form = (scene: Scene): TemplateResult => {
  const { words, level, draft, journey, page } = scene
  return formPart({
    words, level, modes: journey.modes, mode: draft.view!, name: page.single ? undefined : nameControl(scene),
    controls: draft.fields.map((field) => controlOf(scene, field)), disabled: page.disabled, aside: aside(scene), above: nothing, actions: actions(scene),
    choose: (mode) => journey.choose(mode), submit: () => void (journey.may.test ? journey.checkAndSave() : journey.save()),
  })
}

const readOnly = (scene: Scene): TemplateResult => {
  const { words, level, draft, journey: { gateway, may } , journey } = scene
  return html`${factsPart({ words, level, mode: draft.view!, fields: draft.fields, settings: draft.values, secrets: gateway?.secrets ?? {} })}
    ${may.test && gateway ? html`<div part="actions bar" class="line"><button part="button" type="button" aria-disabled=${journey.busy ? 'true' : nothing} @click=${() => void journey.checkStored(gateway)}>${words.t.checkNow}</button></div>` : nothing}`
}

const pairs = (scene: Scene) => {
  const { journey, words, words: { t } } = scene
  const gateway = journey.gateway!
  const mode = modeOf(scene, gateway.mode)
  const target = targetOf(mode, gateway.settings)
  return html`<dl part="facts pairs"><dt>${t.sendsThrough}</dt><dd>${mode?.label ?? gateway.mode}</dd>
    ${target ? html`<dt>${t.server}</dt><dd dir="ltr"><bdi>${target}</bdi></dd>` : nothing}<dt>${t.savedWhen}</dt><dd>${t.whenBy(words.when(gateway.updatedAt), gateway.updatedBy)}</dd>
    ${mode?.fields.filter(({ name, kind }) => kind === 'secret' && gateway.secrets[name]?.set).map(({ label }) => html`<dt>${label}</dt><dd>${t.configured}</dd>`)}</dl>`
}

const savedTitle = (scene: Scene) => {
  const sender = senderOf(modeOf(scene, scene.journey.gateway!.mode), scene.journey.gateway!.settings)
  return sender ? html`<bdi>${scene.words.t.savedAs(scene.product, sender)}</bdi>` : scene.words.t.saved
}

/** After a save: the form folds, what is known stays. */
const saved = (scene: Scene): TemplateResult => {
  const { checks, journey, page, words, words: { t } } = scene
  const gateway = journey.gateway!
  const proven = checks.verdict === 'passed'
  const checkAgain = () => void journey.checkStored(gateway)
  const next = journey.may.send ? html`<button part="button button-primary" type="button" @click=${() => void journey.go('test', gateway.id)}>${t.sendTestEmail}</button>` : nothing
  const verdict = checks.running ? verdictOf(scene, checkAgain)
    : proven ? { tone: 'pass' as const, title: savedTitle(scene), text: t.inSeconds(countWords(scene), words.seconds(checks.ms)), actions: next }
      : checks.purpose && !checks.purpose.draft ? verdictOf(scene, checkAgain) : { tone: 'open' as const, title: t.saved, text: t.savedUnchecked, actions: next }
  return checksSection(scene, verdict, {
    rows: proven || (checks.purpose && !checks.purpose.draft) ? checks.rows : [], facts: pairs(scene),
    bar: html`<div part="actions bar" class="line"><button part="button" type="button" @click=${() => journey.edit()}>${t.editSettings}</button>
      ${journey.may.test ? html`<button part="button" type="button" @click=${checkAgain}>${proven ? t.checkAgain : t.checkNow}</button>` : nothing}
      ${page.single ? nothing : html`<button part="button button-quiet" class="end" type="button" @click=${() => void journey.go('list')}>${t.backToAll}</button>`}</div>`,
  })
}

/** Two versions of one gateway. */
const conflict = (scene: Scene): TemplateResult => {
  const { journey, words, level } = scene
  const { theirs, lines } = journey.conflict!
  return conflictPart({
    words, level, who: theirs.updatedBy, at: theirs.updatedAt, differences: lines, busy: journey.busy,
    choose: (name, take) => journey.chooseLine(name, take), save: () => void journey.saveChoice(), takeTheirs: () => journey.takeTheirs(), keepEditing: () => journey.keepEditing(),
  })
}

const body = (scene: Scene): TemplateResult => {
  const { journey, checks, draft, words: { t }, level } = scene
  if (!draft.view) return callout({ tone: 'warn', level: level + 1, title: t.notHere })
  if (journey.conflict) return conflict(scene)
  if (journey.folded && journey.gateway) return html`${noticePart(scene)}${saved(scene)}`
  const write = journey.may.write || scene.page.disabled
  const again = () => void (checks.purpose?.draft ? journey.check(checks.purpose.saves) : journey.gateway && journey.checkStored(journey.gateway))
  const redo = () => void (checks.purpose?.saves ? journey.checkAndSave() : again())
  return html`${summary(scene)}${write ? form(scene) : readOnly(scene)}${noticePart(scene)}${checks.state === 'idle' ? nothing : checksSection(scene, verdictOf(scene, redo))}`
}

/** One gateway: its form, its checks, and what became of them. */
export const editScreen = (scene: Scene): TemplateResult => {
  const { journey: { gateway }, words: { t }, page } = scene
  const title = gateway ? (page.single ? t.gateways : titleOf(gateway, modeOf(scene, gateway.mode))) : page.single ? t.gateways : t.newGateway
  return html`${gatewayHead(scene, title)}${body(scene)}`
}
