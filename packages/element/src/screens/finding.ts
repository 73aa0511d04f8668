import type { Finding, RunRow } from '@mail-gateway/contract'
import { outLink } from '../parts/aside.ts'
import { actions, button, facts, link } from '../parts/button.ts'
import { logPart } from '../parts/callout.ts'
import { heading } from '../parts/heading.ts'
import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { controlAt } from './scene.ts'
import type { Scene } from './scene.ts'

const ways = ({ draft, journey, page, t }: Scene, { field = '', step }: Finding) => {
  const label = draft.field(field)?.label
  const number = page.withoutGuide ? 0 : draft.steps.findIndex(({ id }) => id === step) + 1
  return journey.may.write && (label || number) ? actions(html`${label ? button(t.goTo(label), () => journey.lead(controlAt(field))) : nothing}
    ${number ? link(t.guideStep(number), () => journey.lead(`#g-${CSS.escape(step!)}`)) : nothing}`) : nothing
}

/** What a failed row means and what to do: the loudest thing on the screen. Advice is one paragraph, without a box. */
export const findingPart = (scene: Scene, row: RunRow, finding: Finding, first: boolean): TemplateResult => {
  const { words, words: { codes }, t, checks, level, copy } = scene
  const { code, id, fixes, who, retry, said } = finding
  const own = codes[code]
  const [title, cause] = [own?.title ?? finding.title, own?.detail ?? finding.cause]
  const fix = ({ text, link: to }: Finding['fixes'][number]) => (to ? outLink(text, to, words) : text)
  if (row.status !== 'fail' && row.status !== 'unproven') return html`<div part="finding" class="stack"><p>${title.replace(/([^.!?…])$/, '$1.')} ${cause} ${fixes.map((each) => html` <b>${fix(each)}</b>`)}</p></div>`
  const told = html`<p>${cause}</p>
    ${fixes.length ? html`<ol part="check-remedy">${fixes.map((each) => html`<li>${fix(each)}</li>`)}</ol>` : nothing}
    ${ways(scene, finding)}${first ? html`<slot name="help"></slot>` : nothing}`
  const more = html`${facts([[t.whoCan, who], [t.tryAgainWhen, retry?.text]])}
    ${logPart(t.details, t.copySupport, { code, entry: id, check: row.id, said, ...row.evidence, run: checks.runId, when: checks.at }, copy)}`
  // What a later row has settled, or may still settle, is there for whoever asks.
  return row.status === 'fail' || checks.verdict === 'unproven' ? html`<div part="finding" class="stack"><div class="stack">${heading(level + 2, title, { title: true })}${told}</div>${more}</div>`
    : html`<div part="finding" class="stack"><details part="more"><summary>${title}</summary>${told}${more}</details></div>`
}
