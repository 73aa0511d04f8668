import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { dialogPart } from '../parts/dialog.ts'
import { sprite } from '../parts/icons.ts'
import { editScreen } from './edit.ts'
import { goneScreen, unreachableScreen } from './frame.ts'
import { listScreen, loadingScreen } from './list.ts'
import { testScreen } from './test.ts'
import type { Scene } from './scene.ts'

export type { Scene } from './scene.ts'

const current = (scene: Scene): TemplateResult => {
  const { gateways, journey } = scene
  if (!gateways.loaded) return gateways.failure ? unreachableScreen(scene) : loadingScreen(scene)
  if (journey.view === 'list') return listScreen(scene)
  if (journey.gone) return goneScreen(scene)
  return journey.view === 'test' && journey.gateway && journey.may.send ? testScreen(scene) : editScreen(scene)
}

/** What the user sees, with the status region that speaks for it and the question that may stand before it. */
export const screen = (scene: Scene): TemplateResult => {
  const { gateways, t, said, journey, level } = scene
  const loading = !gateways.loaded && !gateways.failure
  return html`${sprite}<section part="base" class="stack" aria-label=${t.gateways} aria-busy=${loading ? 'true' : 'false'}>
    ${current(scene)}<p class="vh" role="status">${said}</p><slot name="footer"></slot></section>${journey.question ? dialogPart(journey.question, level) : nothing}`
}
