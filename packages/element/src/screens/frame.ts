import type { Failure } from '../client/failure.ts'
import { actions, button, link } from '../parts/button.ts'
import { callout, logPart } from '../parts/callout.ts'
import { heading } from '../parts/heading.ts'
import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { statusFace, statusPart } from '../parts/status.ts'
import type { Scene } from './scene.ts'

const title = ({ page, level }: Scene, text: string) =>
  page.withoutHeading ? nothing : html`<slot name="heading">${heading(level, text, { id: 'h', title: true, focus: true })}</slot>`

/** Title line of the list, with its one button. */
export const listHead = (scene: Scene, action: unknown = nothing): TemplateResult => {
  const { page, t, product } = scene
  return html`<header part="heading" class="line"><div>${title(scene, t.gateways)}${page.withoutHeading ? nothing
    : html`<p part="intro"><slot name="intro">${t.intro(product)}</slot></p>`}</div>${action}</header>`
}

/** Title line of one gateway: the way back, its name, its state. */
export const gatewayHead = (scene: Scene, text: string): TemplateResult => {
  const { page: { single, view }, words, t, journey, draft } = scene
  const { gateway } = journey
  const face = gateway && { ...statusFace(gateway, words), ...(draft.dirty && { tone: 'open' as const, word: t.stateChanged, detail: t.notSavedYet }) }
  return html`<header part="heading" class="line"><div>${single && view !== 'test' ? nothing
    : html`<p>${link(single ? t.editSettings : t.gateways, () => journey.go(single ? 'edit' : 'list'), 'back')}</p>`}${title(scene, text)}</div>
    ${face ? html`<p part="row-status">${statusPart(face, ' ')}</p>` : nothing}</header>`
}

const failed = (scene: Scene, { problem, status, asked, answer, at }: Failure, loading: boolean, way: unknown) => {
  const { words, words: { codes }, t, product, level, copy } = scene
  const { code, requestId, retryAfter } = problem
  const lost = code === 'client.lost'
  const [heads, text] = !status && !navigator.onLine ? [t.offline, lost ? t.lostText : t.offlineText] : lost ? [t.unreachable, t.lostText] : loading && (!status || status >= 500) ? [t.loadFailed, t.loadFailedText(product)]
    : status === 401 ? [t.signedOut, t.signedOutText]
      : status === 429 ? [t.limited, problem.detail]
        : code === 'client.answer' ? [t.odd, t.oddText]
          : status ? [problem.title, problem.detail] : [t.unreachable, t.unreachableText]
  const own = codes[code]
  return callout('fail', level + 1, own?.title ?? heads, html`${own?.detail ?? text} ${retryAfter ? t.wait(retryAfter > 90 ? words.amount(Math.ceil(retryAfter / 60), 'minute') : words.amount(retryAfter, 'second')) : nothing}`, html`${retryAfter ? nothing : actions(way)}
    ${logPart(t.details, t.copySupport, { asked, answer, code, request: requestId, when: at }, copy)}`, true)
}

/** A failed request, said where the user is. */
export const noticePart = (scene: Scene): TemplateResult | typeof nothing => {
  const { notice } = scene.journey
  return notice ? failed(scene, notice.failure, false, notice.again ? button(scene.t.tryAgain, notice.again) : nothing) : nothing
}

/** Nothing could be loaded: why, when it is tried again, and what to tell support. */
export const unreachableScreen = (scene: Scene): TemplateResult => {
  const { gateways: { trying, pause, failure }, gateways, t } = scene
  return html`${listHead(scene)}${failed(scene, failure!, true, html`${button(t.tryAgain, () => gateways.load(), 'primary')}
    <small>${trying ? t.trying : pause ? t.nextTry(pause) : nothing}</small>`)}`
}

/** Somebody deleted what the address names. */
export const goneScreen = (scene: Scene): TemplateResult => {
  const { t, level } = scene
  return html`${gatewayHead(scene, t.gateways)}${callout('warn', level + 1, t.gone, t.goneText)}`
}
