import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { callout, logPart } from '../parts/callout.ts'
import { heading } from '../parts/heading.ts'
import { statusPart } from '../parts/list.ts'
import { statusFace } from '../parts/status.ts'
import type { Failure } from '../client/failure.ts'
import type { Scene } from './scene.ts'

/** Title line of the list, with its one button. */
export const listHead = ({ page, words: { t }, level, product }: Scene, action: unknown = nothing): TemplateResult | typeof nothing =>
  page.withoutHeading && action === nothing ? nothing : html`<header part="heading" class="line">
    ${page.withoutHeading ? html`<span></span>` : html`<div><slot name="heading">${heading(level, t.gateways, { id: 'h', title: true, focus: true })}</slot><p part="intro"><slot name="intro">${t.intro(product)}</slot></p></div>`}${action}</header>`

const status = ({ journey: { gateway }, draft, words, words: { t } }: Scene) =>
  !gateway ? nothing : html`<p part="row-status">${statusPart(draft.dirty ? { ...statusFace(gateway, words), tone: 'open', colour: '', word: t.stateChanged, detail: t.notSavedYet } : statusFace(gateway, words), true)}</p>`

/** Title line of one gateway: the way back, its name, its state. */
export const gatewayHead = (scene: Scene, title: string): TemplateResult => {
  const { page, words: { t }, level, journey } = scene
  return html`<header part="heading" class="line"><div>${page.single && page.view !== 'test' ? nothing
    : html`<p><button part="back" class="link" type="button" @click=${() => void journey.go(page.single ? 'edit' : 'list')}>${page.single ? t.editSettings : t.back}</button></p>`}
    ${page.withoutHeading ? nothing : html`<slot name="heading">${heading(level, title, { id: 'h', title: true, focus: true })}</slot>`}</div>${status(scene)}</header>`
}

const logOf = ({ words: { t }, copy }: Scene, { asked, answer, at, problem }: Failure) => logPart({
  summary: t.details, copyText: t.copySupport, copy,
  facts: [[t.asked, asked], [t.answered, answer], [t.code, problem.code], [t.request, problem.requestId || undefined], [t.when, at]],
})

const wordsOf = ({ words: { t, codes } }: Scene, { problem, status }: Failure): readonly [string, string] => {
  const own = codes[problem.code]
  const [title, detail] = problem.code === 'client.unreachable' || problem.code === 'client.stream' ? [t.unreachable, t.unreachableText]
    : status === 401 ? [t.signedOut, t.signedOutText]
      : problem.code === 'client.answer' ? [t.odd, t.oddText]
        : status === 404 && problem.code.startsWith('gateway') ? [t.gone, t.goneText] : [problem.title, problem.detail]
  return [own?.title ?? title, own?.detail ?? detail]
}

/** A failed request, said where the user is. */
export const noticePart = (scene: Scene): TemplateResult | typeof nothing => {
  const { journey: { notice }, words: { t }, level } = scene
  if (!notice) return nothing
  const { failure, again } = notice
  const [title, text] = wordsOf(scene, failure)
  const wait = failure.problem.retryAfter
  return callout({
    tone: 'fail', level: level + 1, alert: true, title: failure.status === 429 ? t.limited : title, text: html`${text}${wait ? html` ${t.wait(wait)}` : nothing}`,
    actions: again && !wait ? html`<button part="button" type="button" @click=${again}>${t.tryAgain}</button>` : undefined,
    details: logOf(scene, failure),
  })
}

/** Nothing could be loaded: why, when it is tried again, and what to tell support. */
export const unreachableScreen = (scene: Scene): TemplateResult => {
  const { gateways, words: { t }, level, product } = scene
  const failure = gateways.failure!
  const [title, text] = failure.passing ? [t.loadFailed, t.loadFailedText(product)] : wordsOf(scene, failure)
  return html`${listHead(scene)}${callout({
    tone: 'fail', level: level + 1, alert: true, title, text,
    actions: html`<button part="button button-primary" type="button" @click=${() => void gateways.load()}>${t.tryAgain}</button>
      <small>${gateways.trying ? t.trying : gateways.pause === undefined ? nothing : t.nextTry(gateways.pause)}</small>`,
    details: logOf(scene, failure),
  })}`
}

/** Somebody deleted what the address names. */
export const goneScreen = (scene: Scene): TemplateResult => html`${gatewayHead(scene, scene.words.t.gateways)}
  ${callout({ tone: 'warn', level: scene.level + 1, title: scene.words.t.gone, text: scene.words.t.goneText })}`
