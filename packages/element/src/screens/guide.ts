import { fill, guideText, valuesFrom } from '@mail-gateway/contract'
import type { GuideStep, GuideView } from '@mail-gateway/contract'
import { besideForm, outLink } from '../parts/aside.ts'
import { actions, button, facts, hidden } from '../parts/button.ts'
import { copyButton } from '../parts/callout.ts'
import { html, live, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { print } from '../parts/paper.ts'
import type { Scene } from './scene.ts'

/** Set-up steps beside the form, in the order they are done and filled with what is typed; ticking them is for the reader alone. */
export const guidePart = (scene: Scene, guide: GuideView): TemplateResult => {
  const { draft, draft: { steps, values, facts: known }, words, t, level, product, ticks, tick, copy, page } = scene
  const typed = valuesFrom((name) => (draft.field(name) ? String(values[name] ?? '') : ''), known, { product })
  const shown = valuesFrom(typed, guide.samples)
  const say = (text: string, shell?: 'powershell' | 'sh') => fill(text, shown, shell).text
  const current = steps.find(({ id }) => !ticks.includes(id))
  const whole = () => guideText(guide, steps, typed)
  const copied = (label: string, text: string) => copyButton(html`${t.copy}${hidden(` ${label}`)}`, () => text, copy)
  const body = ({ title, text, who, path, link, linkBefore, values: pastes = [], scripts = [] }: GuideStep) => {
    const open = [link, linkBefore].find((each) => each && !fill(each, typed).missing)
    return html`${say(text).split('\n').map((line) => html`<p>${line}</p>`)}${path ? html`<p><small>${say(path)}</small></p>` : nothing}${open ? html`<p>${outLink(say(title), fill(open, typed).text, words)}</p>` : nothing}
      ${facts([[t.whoCan, who && say(who)], ...pastes.map(({ label, text: template }) => { const value = say(template); return [label, html`<code dir="ltr">${value}</code> ${copied(label, value)}`] as const })])}
      ${scripts.map(({ label, text: template, shell }) => {
        const script = say(template, shell)
        return html`<details part="more"><summary>${label}</summary><pre tabindex="0" role="group" aria-label=${label} dir="ltr"><code>${script}</code></pre>${copied(label, script)}</details>`
      })}`
  }
  return besideForm(level + 1, guide.title, html`<p>${t.guideDone(steps.filter(({ id }) => ticks.includes(id)).length, steps.length)}</p>`, html`
    <slot name="guide-start"></slot>${guide.intro ? html`<p>${say(guide.intro)}</p>` : nothing}
    <ol part="steps" role="list">${steps.map((step) => html`<li part="step${step === current ? ' step-current' : ''}">
      <span part="mark"><input type="checkbox" .checked=${live(ticks.includes(step.id))} @change=${() => tick(step.id)} aria-label=${t.stepDone(say(step.title))}></span>
      <details ?open=${step === current}><summary id="g-${step.id}">${say(step.title)}</summary>${body(step)}</details></li>`)}</ol>
    ${actions(html`${button(t.copyText, (event) => copy(whole(), event))}${button(t.print, () => print(whole(), page.shadowRoot!))}`)}<slot name="guide-end"></slot>`)
}
