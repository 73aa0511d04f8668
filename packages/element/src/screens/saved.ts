import type { GatewayView } from '@mail-gateway/contract'
import { actions, button, facts } from '../parts/button.ts'
import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { senderOf, targetOf } from '../parts/status.ts'
import { checklist, countWords, verdictOf } from './checklist.ts'
import type { Verdict } from './checklist.ts'
import { noticePart } from './frame.ts'
import { modeOf } from './scene.ts'
import type { Scene } from './scene.ts'

/** After a save: the form folds, what is known stays. */
export const savedScreen = (scene: Scene, gateway: GatewayView): TemplateResult => {
  const { checks: { verdict, undecided, state: run }, journey, page, product, words, t } = scene
  const { id, settings, secrets, updatedAt, updatedBy, status: { state } } = gateway
  const mode = modeOf(scene, gateway)
  const sender = senderOf(mode, settings)
  const proven = verdict === 'passed'
  // Saved as it was: what was known of it still holds.
  const known = /^(checked|verified)$/.test(state)
  const check = () => journey.checkStored(gateway)
  const next = journey.may.send ? button(t.sendTestEmail, () => journey.go('test', id), 'primary') : nothing
  const shown: Verdict = run === 'idle' ? { tone: known ? 'pass' : 'open', title: t.saved, text: known ? '' : t.savedUnchecked, next }
    : proven || undecided ? { tone: proven ? 'pass' : 'open', title: !proven ? `${t.saved}. ${t.verdictOpen}` : sender ? t.savedAs(product, sender) : t.saved, text: countWords(scene), next } : verdictOf(scene, check)
  return html`${noticePart(scene)}${checklist(scene, shown, {
    facts: facts([
      [t.sendsThrough, mode?.label], [t.server, targetOf(mode, settings)], [t.saved, t.whenBy(words.when(updatedAt), updatedBy)],
      ...(mode?.fields ?? []).map(({ name, label }) => [label, secrets[name]?.set && t.configured] as const),
    ], 'pairs'),
    bar: actions(html`${button(t.editSettings, () => journey.edit())}${journey.may.test ? button(proven ? t.checkAgain : t.checkNow, check) : nothing}
      ${page.single ? nothing : button(t.backToAll, () => journey.go('list'), 'quiet', false, 'end')}`, true),
  })}`
}
