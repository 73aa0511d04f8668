import type { GatewayView } from '@mail-gateway/contract'
import { actions, button, facts, hidden, link } from '../parts/button.ts'
import { heading } from '../parts/heading.ts'
import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { menuPart } from '../parts/menu.ts'
import { senderOf, statusFace, statusPart, targetOf, titleOf } from '../parts/status.ts'
import { listHead, noticePart } from './frame.ts'
import { modeOf } from './scene.ts'
import type { Scene } from './scene.ts'

const row = (scene: Scene, gateway: GatewayView) => {
  const { checks, words, t, journey, journey: { may }, gateways } = scene
  const { id, settings, status: { state, runId } } = gateway
  const mode = modeOf(scene, gateway)
  const [title, sender] = [titleOf(gateway, mode), senderOf(mode, settings)]
  const busy = checks.running && checks.purpose?.gatewayId === id
  const failing = state === 'failing' && runId
  const { at, of } = checks.progress
  const named = (text: string) => html`${text}${hidden(t.of(title))}`
  // On a failing row one way out stands alone; another try is behind the menu.
  const check = may.test ? button(named(t.checkNow), () => journey.checkStored(gateway), 'quiet') : nothing
  return html`<li part="row">
    <div part="row-name">${link(title, () => journey.go('edit', id))}
      ${gateway.default && gateways.gateways.length > 1 ? html` <span part="tag">${t.isDefault}</span>` : nothing}${sender === title ? nothing : html`<br><small><bdi>${sender}</bdi></small>`}</div>
    <div part="row-mode">${mode?.label ?? gateway.mode}<br><small><code dir="ltr">${targetOf(mode, settings)}</code></small></div>
    <div part="row-status">${statusPart(busy ? { tone: 'busy', word: t.progress(at, of), detail: '' } : statusFace(gateway, words))}</div>
    ${actions(html`${busy ? button(named(t.stop), () => checks.stop(), 'quiet') : html`
      ${failing ? button(named(t.seeFailed), () => journey.see(gateway)) : check}
      ${may.send && !failing ? button(named(t.sendTest), () => journey.go('test', id), 'quiet') : nothing}`}
      ${may.write ? menuPart(named(t.more), [
        failing ? check : nothing,
        gateway.default ? nothing : button(named(t.makeDefault), () => journey.makeDefault(gateway), 'quiet'),
        button(named(t.delete), () => journey.remove(gateway, title), 'risk'),
      ]) : nothing}`)}</li>`
}

/** Nothing set up yet: what happens meanwhile, and the way in. */
const empty = ({ t, level, journey, product }: Scene, add: () => unknown) => html`
  <div part="list empty" class="stack box"><slot name="empty">${heading(level + 1, t.emptyTitle)}<p>${journey.may.write ? t.emptyText(product) : t.emptyReadOnly}</p></slot>
    ${journey.may.write ? html`${actions(button(t.setUpFirst, add, 'primary'))}
    <details part="more" open><summary>${t.whatNeeded}</summary>${facts(journey.modes.filter(({ available }) => available.ok).map(({ label, hint }) => [label, hint]))}</details>` : nothing}</div>`

/** Every gateway of this tenant, with its state and what can be done from here. */
export const listScreen = (scene: Scene): TemplateResult => {
  const { gateways: { gateways }, journey, t } = scene
  const add = () => journey.go('edit', 'new')
  const full = gateways.length > 0
  return html`${listHead(scene, full && journey.may.write ? button(t.add, add, 'primary') : nothing)}${noticePart(scene)}
    ${full ? html`<ul part="list" class="box" role="list">${gateways.map((gateway) => row(scene, gateway))}</ul>` : empty(scene, add)}`
}

const bone = (text: string) => html`<span>${text}</span><br><small><span>${text}</span></small>`

/** The list's shape until it is there, as high as the list will be. */
export const loadingScreen = (scene: Scene): TemplateResult => {
  const { t } = scene
  return html`${listHead(scene, html`<span part="bones" aria-hidden="true"><span part="button">${t.add}</span></span>`)}
    <slot name="loading"><ul part="list bones" class="box" role="list" aria-hidden="true">${Array.from({ length: Math.min(scene.remembered || 2, 20) }, () => html`<li part="row">
      <div part="row-name">${bone(t.newGateway)}</div><div part="row-mode">${bone(t.sendsThrough)}</div><div part="row-status">${bone(t.stateUnverified)}</div>${actions(html`<span part="button">${t.checkNow}</span>`)}</li>`)}</ul></slot>`
}
