import { html, nothing } from '../parts/html.ts'
import type { TemplateResult } from '../parts/html.ts'
import type { Control } from '../kinds/control.ts'
import { callout } from '../parts/callout.ts'
import { evidencePairs } from '../parts/evidence.ts'
import { senderOf, titleOf } from '../parts/status.ts'
import { arrivalPart, testMailPart } from '../parts/test-mail.ts'
import { checksSection, verdictOf } from './checks.ts'
import { gatewayHead, noticePart } from './frame.ts'
import { modeOf } from './scene.ts'
import type { Scene } from './scene.ts'

const hint = (scene: Scene): string => {
  const { gateways, journey: { gateway }, test, words: { t } } = scene
  const sender = senderOf(modeOf(scene, gateway!.mode), gateway!.settings)
  const { perMinute, perDay } = gateways.meta!.policy.testRate
  const who = test.onlySelf ? t.onlySelf : test.domains.length ? t.onlyDomains(test.domains.join(', ')) : ''
  return [sender && t.from(sender), who, t.rate(perMinute, perDay)].filter(Boolean).join(' ')
}

const toControl = (scene: Scene): Control => ({
  field: { name: 'to', kind: 'email', label: scene.words.t.to, hint: hint(scene), group: '', required: true, autocomplete: 'email', messages: {} },
  words: scene.words, id: 't-to', value: scene.test.to, error: scene.test.error, disabled: scene.test.onlySelf,
  input: (value, whole) => scene.test.type(String(value), whole),
})

const arrival = (scene: Scene): TemplateResult => {
  const { checks, test, words, level, copy } = scene
  const last = checks.rows.filter(({ status }) => status === 'pass').at(-1)
  return arrivalPart({
    words, level: level + 2, arrived: test.sent.current?.arrived, copy, confirm: (arrived) => test.confirm(arrived),
    facts: [...evidencePairs(last?.evidence), [words.t.run, checks.runId], [words.t.when, checks.at]],
  })
}

/** Accepted is not arrived: the rows that handed it over, and a question. */
const accepted = (scene: Scene): TemplateResult => {
  const { checks, test, words: { t } } = scene
  const { to, arrived } = test.sent.current!
  const tone = arrived === undefined ? 'open' : arrived ? 'pass' : 'fail'
  const title = arrived === undefined ? t.accepted : html`<bdi>${arrived ? t.arrivedAt(to) : t.missingAt(to)}</bdi>`
  return checksSection(scene, { tone, title, text: arrived === undefined ? html`<bdi>${t.acceptedText(to)}</bdi>` : t.confirmed(scene.words.when(test.sent.current!.at)) },
    { rows: checks.rows.filter(({ stage }) => stage === 'delivery'), more: arrival(scene) })
}

/** Sends a test email of a stored gateway. */
export const testScreen = (scene: Scene): TemplateResult => {
  const { checks, journey, test, words, level } = scene
  const gateway = journey.gateway!
  const isRun = checks.state !== 'idle' && checks.purpose?.until === 'delivery'
  const run = test.sent.current ? accepted(scene) : isRun ? checksSection(scene, verdictOf(scene, () => void test.send())) : nothing
  return html`${gatewayHead(scene, titleOf(gateway, modeOf(scene, gateway.mode)))}${testMailPart({
    words, level, to: toControl(scene), busy: journey.busy, above: journey.dirty ? callout({ tone: 'warn', level: level + 1, title: words.t.saveFirst }) : nothing, run: html`${noticePart(scene)}${run}`, earlier: test.sent.earlier, send: () => void test.send(),
  })}`
}
