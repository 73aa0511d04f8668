import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { checklistPart } from '../parts/checklist.ts'
import type { ChecklistProps, VerdictProps } from '../parts/checklist.ts'
import { countsOf } from '../parts/evidence.ts'
import { idOf } from './scene.ts'
import type { Scene } from './scene.ts'

const focusable = (name: string) => `#${CSS.escape(idOf(name))}`

/** How many rows ended how, in words. */
export const countWords = ({ checks, words }: Scene): string => words.t.counts(countsOf(checks.rows))

const running = ({ checks: { progress, purpose }, words: { t } }: Scene, stop: () => void): VerdictProps => ({
  tone: 'busy', title: (purpose?.until === 'delivery' ? t.sending : t.progress)(progress.at, progress.of),
  text: purpose?.saves ? t.nothingSavedBefore : t.nothingSaved,
  actions: html`<button part="button" type="button" @click=${stop}>${t.stop}</button>`,
})

// The focus stays where it was; this leads to the first row that failed.
const lead = ({ words: { t }, page, checks }: Scene) => checks.rows.some(({ status }) => status === 'fail')
  ? html`<button class="link" type="button" @click=${() => page.focusOn('[part~=check-fail]')}>${t.firstFailed}</button>` : nothing

const again = ({ words: { t } }: Scene, act: () => void, unchecked: (() => void) | undefined) => html`
  <button part="button" type="button" @click=${act}>${t.checkAgain}</button>
  ${unchecked ? html`<button part="button button-quiet" type="button" @click=${unchecked}>${t.saveUnchecked}</button>` : nothing}`

/** What a run comes to: title, counts, and the next thing to do. */
export const verdictOf = (scene: Scene, act: () => void): VerdictProps => {
  const { checks, journey, words, words: { t } } = scene
  const { purpose, verdict, state } = checks
  if (state === 'running') return running(scene, () => checks.stop())
  const counts = t.inSeconds(countWords(scene), words.seconds(checks.ms))
  const unchecked = purpose?.saves && journey.may.write && scene.gateways.meta?.policy.saveRequires === 'nothing' ? () => void journey.save() : undefined
  if (state === 'stopped') return { tone: 'skip', title: t.verdictStopped, text: `${countWords(scene)}. ${t.stoppedText}`, actions: again(scene, act, undefined) }
  if (verdict === 'passed') return {
    tone: 'pass', title: purpose?.draft ? t.verdictPassed : t.verdictStored,
    text: html`${counts} ${journey.overtaken ? t.changedMeanwhile : purpose?.draft ? t.notSavedPassed : nothing}`,
    actions: purpose?.draft && journey.may.write && !journey.overtaken
      ? html`<button part="button" type="button" @click=${() => void journey.save()}>${t.save}</button>` : again(scene, act, undefined),
  }
  return {
    tone: verdict === 'failed' ? 'fail' : 'open', title: verdict === 'failed' ? (purpose?.until === 'delivery' ? t.notSent : t.verdictFailed) : t.verdictUnproven,
    text: html`${countWords(scene)}. ${purpose?.draft ? t.keptTyped : nothing} ${lead(scene)}`, actions: again(scene, act, unchecked),
  }
}

/** The run below the button that started it. */
export const checksSection = (scene: Scene, verdict: VerdictProps, extra: Partial<ChecklistProps> = {}): TemplateResult => {
  const { checks, draft, words, level, page, copy } = scene
  const steps = draft.view?.guide?.steps ?? []
  return checklistPart({
    id: 'k', words, level: level + 1, rows: checks.rows, busy: checks.running, runId: checks.runId, at: checks.at, verdict, copy,
    labelOf: (name) => (scene.page.view === 'edit' || page.single ? draft.field(name)?.label : undefined),
    stepOf: (id) => { const index = steps.findIndex((step) => step.id === id); return index < 0 || page.withoutGuide ? undefined : index + 1 },
    go: (name) => { scene.journey.folded = false; page.focusOn(focusable(name)) },
    goStep: (id) => page.focusOn(`#g-${CSS.escape(id)}`),
    ...extra,
  })
}
