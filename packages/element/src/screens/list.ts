import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { emptyPart, listPart, loadingPart } from '../parts/list.ts'
import type { ListProps, RowFace } from '../parts/list.ts'
import { senderOf, statusFace, targetOf, titleOf } from '../parts/status.ts'
import { listHead, noticePart } from './frame.ts'
import { modeOf } from './scene.ts'
import type { Scene } from './scene.ts'

const rowFaces = (scene: Scene): readonly RowFace[] => scene.gateways.gateways.map((gateway) => {
  const { checks, words, words: { t } } = scene
  const mode = modeOf(scene, gateway.mode)
  const busy = checks.running && checks.purpose?.gatewayId === gateway.id
  const { at, of } = checks.progress
  return {
    gateway, busy, title: titleOf(gateway, mode), sender: senderOf(mode, gateway.settings), modeLabel: mode?.label ?? gateway.mode, target: targetOf(mode, gateway.settings),
    status: busy ? { tone: 'busy', colour: 'busy', word: t.progress(at, of), detail: '' } : statusFace(gateway, words),
  }
})

const props = (scene: Scene): ListProps => {
  const { words, level, product, journey, checks } = scene
  return {
    words, level, product, may: journey.may, rows: rowFaces(scene), modes: journey.modes.filter(({ available }) => available.ok),
    add: () => void journey.go('edit', 'new'), open: ({ id }) => void journey.go('edit', id), check: (gateway) => void journey.checkStored(gateway),
    stop: () => checks.stop(), see: (gateway) => void journey.see(gateway), test: ({ id }) => void journey.go('test', id),
    makeDefault: (gateway) => void journey.makeDefault(gateway), remove: (gateway) => void journey.remove(gateway, titleOf(gateway, modeOf(scene, gateway.mode))),
  }
}

/** Every gateway of this tenant. */
export const listScreen = (scene: Scene): TemplateResult => {
  const { gateways, journey, words: { t } } = scene
  const isEmpty = gateways.gateways.length === 0
  const add = journey.may.write && !isEmpty
    ? html`<button part="button button-primary" type="button" @click=${() => void journey.go('edit', 'new')}>${t.add}</button>` : nothing
  return html`${listHead(scene, add)}${noticePart(scene)}${isEmpty ? emptyPart(props(scene)) : listPart(props(scene))}`
}

/** The list's shape until it is there. */
export const loadingScreen = (scene: Scene): TemplateResult => html`${listHead(scene, html`<span part="bones" aria-hidden="true"><span part="button">${scene.words.t.add}</span></span>`)}${loadingPart(scene.remembered || 2)}`
