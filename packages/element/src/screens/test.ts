import { actions, button } from '../parts/button.ts'
import { callout, logPart } from '../parts/callout.ts'
import { fieldPart } from '../parts/field.ts'
import { heading } from '../parts/heading.ts'
import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import { senderOf, titleOf } from '../parts/status.ts'
import type { Sent } from '../controllers/test-mail.ts'
import { checklist, rowPart, verdictOf, verdictPart } from './checklist.ts'
import type { Verdict } from './checklist.ts'
import { gatewayHead, noticePart } from './frame.ts'
import { modeOf } from './scene.ts'
import type { Scene } from './scene.ts'

/** What is known of one email: accepted, then what its reader said. */
const told = ({ words, t }: Scene, { to, at, arrived }: Sent): Verdict => arrived === undefined
  ? { tone: 'open', title: t.accepted, text: html`<bdi>${t.acceptedText(to)}</bdi>` }
  : { tone: arrived ? 'pass' : 'fail', title: (arrived ? t.arrivedAt : t.missingAt)(to), text: t.confirmed(words.when(at)) }

/** The last row of a test: only the reader of the mailbox can know. */
const arrival = ({ checks, test, t, level, copy }: Scene, { arrived }: Sent) => {
  const [face, word] = arrived === undefined ? ['open', t.unproven] as const : arrived ? ['pass', t.pass] as const : ['fail', t.fail] as const
  const last = checks.rows.findLast(({ status }) => status === 'pass')
  return rowPart(face, t.arrived, arrived === undefined ? t.onlyYou : '', word, '', html`<div part="finding" class="stack"><div class="stack">
    ${arrived === undefined ? actions(html`${button(t.yesArrived, () => test.confirm(true))}${button(t.noArrived, () => test.confirm(false))}`) : nothing}
    ${arrived === false ? html`${heading(level + 2, t.missingTitle, { title: true, focus: true })}<ol part="check-remedy">${t.missing.map((line) => html`<li>${line}</li>`)}</ol>` : nothing}</div>
    ${logPart(t.answer, t.copySupport, { ...last?.evidence, run: checks.runId, when: checks.at }, copy, arrived === false)}</div>`)
}

/** Sends a test email of a stored gateway, to see with one's own eyes. Accepted is not arrived. */
export const testScreen = (scene: Scene): TemplateResult => {
  const { checks, journey, test, words, t, level, gateways } = scene
  const gateway = journey.gateway!
  const mode = modeOf(scene, gateway)
  const { perMinute, perDay } = gateways.meta!.policy.testRate
  const { current, earlier } = test.sent
  const hint = [t.from(senderOf(mode, gateway.settings)), test.onlySelf ? t.onlySelf : test.domains.length ? t.onlyDomains(test.domains.join(', ')) : '', t.rate(perMinute, perDay)].join(' ')
  return html`${gatewayHead(scene, titleOf(gateway, mode))}
    <form part="form test" class="stack" novalidate @submit=${(event: Event) => { event.preventDefault(); void test.send() }}>
      ${journey.dirty ? callout('warn', level + 1, t.saveFirst, nothing) : nothing}
      <fieldset part="group" class="stack"><legend>${heading(level + 1, t.sendTestEmail)}</legend>${fieldPart({
        field: { name: 'to', kind: 'email', label: t.to, hint, group: '', required: true, autocomplete: 'email', messages: {} }, words, id: 't-to', value: test.to, error: test.error, disabled: test.onlySelf,
        input: (value, whole) => test.type(String(value), whole), after: button(t.send, undefined, 'primary', journey.busy),
      })}</fieldset></form>${noticePart(scene)}
    ${current ? checklist(scene, told(scene, current), { rows: checks.rows.filter(({ stage }) => stage === 'delivery'), more: arrival(scene, current) })
      : checks.state !== 'idle' && checks.purpose?.to ? checklist(scene, verdictOf(scene, () => test.send())) : nothing}
    ${earlier.map((sent) => html`<section part="checks" class="stack box">${verdictPart(told(scene, sent), level + 1)}</section>`)}`
}
