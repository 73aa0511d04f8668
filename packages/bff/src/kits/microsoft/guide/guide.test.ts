// The guides as people read them, for every cloud. After a change on purpose: GOLDEN=write, run again, read the difference.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fill, guideText, valuesFrom } from '@mail-gateway/contract'
import type { GuideStep, GuideView } from '@mail-gateway/contract'
import { catalogue } from '../../../findings/catalogue.ts'
import { builtInClouds } from '../clouds.ts'
import type { Cloud } from '../clouds.ts'
import { cloudFacts, graphGuide, smtpGuide, stepOf } from './index.ts'
import { elsewhere } from './portal-steps.ts'

const guides = { graph: graphGuide(), 'smtp-office365': smtpGuide() } as const
type ModeId = keyof typeof guides
const modes = Object.keys(guides) as ModeId[]

/** A cloud as an operator adds one: hosts and scopes, no portals. */
const bare: Cloud = {
  id: 'bare', label: 'Our own cloud', authority: 'https://login.example', graph: 'https://graph.example', graphScope: 'https://graph.example/.default',
  smtpScope: 'https://outlook.example/.default', smtpHost: 'smtp.example', smtpPort: 587,
}
const clouds = [...builtInClouds, bare]
const cloudOf = (id: string) => clouds.find((cloud) => cloud.id === id)!

const full = {
  product: 'Acme Console', tenantId: '8d1f0c52-0000-4000-8000-000000000001', clientId: 'a31c7e90-0000-4000-8000-000000000002', from: "noreply.o'neill@acme.example", account: 'mailer@acme.example',
}
const nothing = { product: 'Acme Console' }
const valuesIn = (cloud: Cloud, typed: Readonly<Record<string, string>>) => valuesFrom((name) => typed[name], cloudFacts(cloud))
const textOf = (mode: ModeId, cloud: Cloud, typed: Readonly<Record<string, string>> = full) => guideText(guides[mode], guides[mode].steps, valuesIn(cloud, typed))

const place = join(import.meta.dirname, 'golden')
const golden: Readonly<Record<string, string>> = Object.fromEntries(modes.flatMap((mode) => [
  ...clouds.map((cloud) => [`${mode}.${cloud.id}.txt`, textOf(mode, cloud)] as const),
  [`${mode}.global.empty.txt`, textOf(mode, cloudOf('global'), nothing)] as const,
]))
if (process.env['GOLDEN'] === 'write') {
  mkdirSync(place, { recursive: true })
  for (const [name, text] of Object.entries(golden)) writeFileSync(join(place, name), `${text}\n`)
}

test('req E5: the golden files are those of every mode and cloud, no others', () => {
  assert.deepEqual(readdirSync(place).sort(), Object.keys(golden).sort())
})
for (const [name, text] of Object.entries(golden)) {
  test(`req E5: the guide and its scripts are as agreed: ${name}`, () => assert.equal(`${text}\n`, readFileSync(join(place, name), 'utf8')))
}

test('the steps are the agreed ones, in the order they are done', () => {
  assert.deepEqual(guides.graph.steps.map(({ id }) => id), ['who', 'register', 'ids', 'secret', 'limit', 'permission', 'mailbox', 'network', 'after', 'undo'])
  assert.deepEqual(guides['smtp-office365'].steps.map(({ id }) => id),
    ['who', 'register', 'ids', 'secret', 'permission', 'service-principal', 'smtp-auth', 'send-as', 'limit', 'mailbox', 'network', 'after', 'undo'])
})

const templatesOf = ({ title, intro = '', steps }: GuideView) =>
  [title, intro, ...steps.flatMap((step) => [step.title, step.text, step.who, step.path, step.link, step.linkBefore, ...(step.values ?? []).map(({ text }) => text), ...(step.scripts ?? []).map(({ text }) => text)])]
    .filter((text) => text !== undefined)

/** Settings of the modes; every other name is a fact of the cloud. */
const typedNames = new Set([...Object.keys(full), 'envelopeFrom'])

test('every name in a template is a setting, a fact of the global cloud, or the product', () => {
  const facts = cloudFacts(cloudOf('global'))
  for (const mode of modes) {
    const names = templatesOf(guides[mode]).flatMap((text) => [...text.matchAll(/\{\{(\w*)\}\}/g)].map((match) => match[1]!))
    assert.ok(names.length > 30)
    assert.deepEqual(names.filter((name) => !typedNames.has(name) && !(name in facts)), [])
  }
})

test('every fact is used, or is what the form says of a cloud', () => {
  const used = modes.flatMap((mode) => templatesOf(guides[mode])).join('')
  const others = ['graphScope', 'smtpScope']
  assert.deepEqual(Object.keys(cloudFacts(cloudOf('global'))).filter((name) => !used.includes(`{{${name}}}`) && !others.includes(name)), [])
})

const linksOf = (mode: ModeId, cloud: Cloud, typed: Readonly<Record<string, string>> = full): (string | undefined)[] => guides[mode].steps.map(({ link, linkBefore }: GuideStep) =>
  [link, linkBefore].map((page) => fill(page ?? '{{none}}', valuesIn(cloud, typed))).find(({ missing }) => !missing)?.text)

const portals: Readonly<Record<string, readonly string[]>> = {
  global: ['entra.microsoft.com', 'admin.exchange.microsoft.com', 'admin.microsoft.com'],
  'usgov-gcc-high': ['entra.microsoft.us', 'admin.exchange.office365.us', 'portal.office365.us'],
  'usgov-dod': ['entra.microsoft.us', 'portal.apps.mil'],
  'china-21vianet': ['entra.microsoftonline.cn', 'portal.partner.microsoftonline.cn'],
  'bleu-france': [], 'delos-germany': [], bare: [],
}

for (const cloud of clouds) {
  test(`api G1: links, scripts and hosts are those of the cloud: ${cloud.id}`, () => {
    for (const mode of modes) {
      const links = linksOf(mode, cloud).filter((link) => link !== undefined)
      assert.deepEqual([...new Set(links.map((link) => new URL(link).host))].sort(), [...portals[cloud.id]!].sort())
      const text = textOf(mode, cloud)
      assert.ok(text.includes(cloud.authority))
      assert.ok(text.includes(mode === 'graph' ? cloud.graph : cloud.smtpHost ?? '<SMTP host of the cloud>'))
      if (cloud.id !== 'global') assert.doesNotMatch(text, /microsoftonline\.com|graph\.microsoft\.com|entra\.microsoft\.com|smtp\.office365\.com|'(Global|O365Default|AzureCloud)'/)
    }
  })
}

test('api G1: the application\'s own pages open by the id that was typed; before it is typed the list of applications does', () => {
  for (const mode of modes) {
    const [typed, empty] = [linksOf(mode, cloudOf('global')), linksOf(mode, cloudOf('global'), nothing)]
    assert.ok(typed.filter((link) => link?.includes(`/appId/${full.clientId}/`)).length >= 4)
    assert.deepEqual(empty.map((link) => link === undefined), typed.map((link) => link === undefined))
    for (const link of [...typed, ...empty]) assert.doesNotMatch(link ?? '', /[{}<>]/)
  }
})

test('api G1: what is typed cannot lead a link elsewhere', () => {
  for (const link of linksOf('graph', cloudOf('global'), { ...full, clientId: '@evil.example/../#?x&y=' })) {
    if (link) assert.match(new URL(link).host, /microsoft\.com$/)
  }
})

test('req X4: where mail goes through another mailbox than From, that one gets the right to send', () => {
  const text = textOf('graph', cloudOf('global'), { ...full, from: 'team@acme.example', envelopeFrom: 'gateway@acme.example' })
  assert.match(text, /only for the mailbox gateway@acme\.example \(RBAC/)
  assert.match(text, /^gateway@acme\.example must be a mailbox/m)
  assert.deepEqual(new Set(text.match(/\$From +=.*$/gm)), new Set(["$From     = 'gateway@acme.example'"]))
})

test('api G1: the menu path stands beside every link', () => {
  for (const mode of modes) for (const { id, link, path } of guides[mode].steps) assert.ok(!link || path?.includes(' > '), `${mode} ${id}`)
})

test('a link that is no web address is no fact', () => {
  const pages = { appSecrets: 'javascript:alert(1)', appOverview: 'https://portal.example/{clientId}/{{clientId}}' }
  const links = { entra: 'javascript:alert(1)', exchangeAdmin: '', m365Admin: '', pages, mgEnvironment: 'Own', exchangeEnvironment: '', azCloud: '' }
  const facts = cloudFacts({ ...bare, links })
  assert.deepEqual([facts['entra'], facts['appSecrets'], facts['mgEnvironment'], facts['exchangeEnvironment']], [undefined, undefined, 'Own', undefined])
  assert.equal(facts['appOverview'], 'https://portal.example/{{clientId}}/{{clientId}}')
})

test('api G5: no text says our own name', () => {
  for (const text of Object.values(golden)) assert.doesNotMatch(text, /mail.?gateway|\bmgs\b/i)
})

test('words: nothing is begged, regretted or called invalid', () => {
  for (const text of Object.values(golden)) assert.doesNotMatch(text, /\b(please|sorry|oops|invalid|successfully|simply)\b/i)
})

test('req C10, X8: sending takes Mail.Send; nothing more is asked for', () => {
  for (const text of Object.values(golden)) {
    assert.doesNotMatch(text, /Mail\.Read(?!\w* is not needed)|full_access|ReadWrite(?!\.All')|SMTPSend|User\.Read/)
  }
})

test('req X6, X7, X9, X11, A147: the corrections hold', () => {
  const [graph, smtp] = [textOf('graph', cloudOf('global')), textOf('smtp-office365', cloudOf('global'))]
  for (const text of [graph, smtp]) {
    assert.match(text, /needs no role of any kind/)
    assert.match(text, /[Cc]onsent by users or group owners|consent by users or group owners/)
    assert.match(text, /end date less than 12 months away/)
    assert.match(text, /Secret ID is not the secret/)
    assert.match(text, /Description: Acme Console mail/)
    assert.match(text, /Redirect URI: leave it empty/)
    assert.doesNotMatch(text, /switch security defaults off|24 months|longest/)
  }
  assert.match(smtp, /The switch is not in Entra/)
  assert.doesNotMatch(graph, /port 587(?! and passwords play no part)|Set-CASMailbox|Authenticated SMTP/)
})

test('req X1: SMTP asks for SMTP.SendAsApp and makes the application known by the object id of the enterprise application', () => {
  const scripts = guides['smtp-office365'].steps.flatMap(({ scripts = [] }) => scripts.map(({ text }) => text)).join('\n')
  assert.match(scripts, /New-ServicePrincipal -AppId \$ClientId -ObjectId \$ObjectId/)
  assert.match(scripts, /\$ObjectId = \$Service\.Id/)
  assert.match(guides['smtp-office365'].steps.find(({ id }) => id === 'service-principal')!.path!, /Enterprise applications/)
})

const pointsAt = (mode: ModeId) => [...new Set(catalogue.filter((entry) => entry.modes.includes(mode) || entry.modes.includes('*')).flatMap(({ pointsTo }) => pointsTo.portalSteps))]

for (const mode of modes) {
  test(`api G6: every place a finding of ${mode} points at has its step, or a reason why not`, () => {
    const places = pointsAt(mode)
    assert.ok(places.length > 15)
    for (const portalStep of places) {
      const step = stepOf(mode, portalStep)
      assert.ok(step ? guides[mode].steps.some(({ id }) => id === step) : elsewhere[portalStep], `${mode}: ${portalStep} has no step: ${step}`)
    }
  })
}

test('api G6: other modes and unknown places have no step', () => {
  assert.deepEqual([stepOf('smtp', 'entra.secret'), stepOf('graph', 'google.console'), stepOf('graph', 'constructor')], [undefined, undefined, undefined])
})
