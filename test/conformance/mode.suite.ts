// What every mode must do, against real servers: told as rows, to the asked depth and no further, and nothing left behind.
import { stages } from '@mail-gateway/contract'
import type { CheckResult, Stage } from '@mail-gateway/contract'
import { incomplete, kindsOf } from './mode-words.ts'
import { allCapabilities, choicesOf, cloudsWith, judged, modeIn, runMode, spellings, viewIn } from './mode-run.ts'
import type { ModeSubject, Ran } from './mode-run.ts'
import { gone } from './socket.suite.ts'
import { eventually, holds, pause, same } from './suite.ts'
import type { Suite } from './suite.ts'
import type { Act, Typed, World } from './world.ts'

const typedFor = ({ mode }: ModeSubject, { facts }: World): readonly Typed[] => {
  const found = facts.typed.filter((one) => one.mode === mode)
  holds(found.length > 0, `there is a server for ${mode}`)
  return found
}

interface Counted { readonly smtp: number; readonly open: number; readonly mails: number; readonly requests: readonly (readonly string[])[] }

const countOf = async (world: World, { smtp, https }: Typed): Promise<Counted> => {
  const [lines, web, mails] = await Promise.all([Promise.all(smtp.map(world.traffic)), Promise.all(https.map(world.traffic)), world.delivered()])
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0)
  return { smtp: sum(lines.map(({ connections }) => connections)), open: sum(lines.map(({ open }) => open)), mails, requests: web.map(({ requests }) => requests) }
}

interface Measured { readonly ran: Ran; readonly smtp: number; readonly mails: number; readonly requests: readonly string[] }

/** A run, and what it cost at the servers; every connection to a mail server is over in the end. */
const measured = async (subject: ModeSubject, world: World, typed: Typed, until: Stage): Promise<Measured> => {
  const before = await countOf(world, typed)
  const ran = await runMode(subject, world, typed.values, { until })
  const after = await eventually(() => countOf(world, typed), ({ open }) => open === 0, 'the mail server sees the connection end')
  const requests = after.requests.flatMap((all, n) => all.slice(before.requests[n]!.length).map(kindsOf))
  return { ran, smtp: after.smtp - before.smtp, mails: after.mails - before.mails, requests }
}

/** What reaching a stage costs, by mode: mail servers are called once, services once for each thing asked. */
const cost: Readonly<Record<string, Readonly<Record<Stage, { readonly smtp: number; readonly requests: readonly string[] }>>>> = {
  smtp: { input: { smtp: 0, requests: [] }, network: { smtp: 1, requests: [] }, identity: { smtp: 1, requests: [] }, delivery: { smtp: 1, requests: [] } },
  'smtp-office365': {
    input: { smtp: 0, requests: [] }, network: { smtp: 1, requests: ['discovery'] },
    identity: { smtp: 1, requests: ['discovery', 'token'] }, delivery: { smtp: 1, requests: ['discovery', 'token'] },
  },
  graph: {
    input: { smtp: 0, requests: [] }, network: { smtp: 0, requests: ['discovery'] },
    identity: { smtp: 0, requests: ['discovery', 'token'] }, delivery: { smtp: 0, requests: ['discovery', 'token', 'sendMail'] },
  },
}

const closedOnce = ({ rows, results, verdict }: Ran, until: Stage, title: string): void => {
  same(results.map(({ id }) => id).sort(), rows.map(({ id }) => id).sort(), `${title}: rows with a result`)
  same(verdict, 'passed', `${title}: ${JSON.stringify(results.find(({ status }) => status === 'fail' || status === 'unproven'))}`)
  for (const { id, status, reason } of results) {
    const beyond = stages.indexOf(rows.find((row) => row.id === id)!.stage) > stages.indexOf(until)
    same([status === 'skip' && reason === 'later'], [beyond], `${title}: ${id} is ${status} (${reason})`)
    holds(beyond || ['pass', 'warn'].includes(status) || reason === 'not-needed', `${title}: ${id} is ${status} (${reason})`)
  }
}

const upTo = (until: Stage) => async (subject: ModeSubject, world: World): Promise<void> => {
  for (const typed of typedFor(subject, world)) {
    const { ran, smtp, requests, mails } = await measured(subject, world, typed, until)
    closedOnce(ran, until, typed.title)
    same({ smtp, requests, mails }, { ...cost[subject.mode]![until], mails: until === 'delivery' ? 1 : 0 }, `${typed.title}: cost`)
  }
}

const silentMail: readonly Act[] = [{ say: '220 mail.demo.test ESMTP\r\n' }]
const silentWeb: readonly Act[] = [{ tls: 'good' }, { hear: '\r\n\r\n' }]

/** The same settings with a server that falls silent in the middle, and its cloud. */
const silenced = async (typed: Typed, world: World) => {
  const peer = await world.peer(...(typed.https.length ? silentWeb : typed.values['security'] === 'tls' ? [{ tls: 'good' } as const, ...silentMail] : silentMail))
  const values = typed.https.length ? typed.values : { ...typed.values, port: peer.port }
  return { peer, values, clouds: typed.https.length ? cloudsWith(world, { authority: `https://localhost:${peer.port}` }) : undefined }
}

const told = ({ finding }: CheckResult): string | undefined => finding?.code

export const modeSuite: Suite<ModeSubject> = {
  'it describes itself as JSON, with any set of capabilities': async (subject, world) => {
    for (const capabilities of allCapabilities()) {
      const view = viewIn(subject, world, capabilities)
      same(JSON.parse(JSON.stringify(view)), view, 'the description')
      const { available } = view
      holds(available.ok || (available.code && available.reason), 'it is available, or says why it is not')
      same(JSON.stringify(view).includes('function'), false, 'code in it')
    }
  },
  'in any order every row is there once, from inputs through the stages': async (subject, world) => {
    const ids = Object.keys(modeIn(subject, world).plan).sort()
    for (const rows of choicesOf(subject, world)) {
      same(rows.map(({ id }) => id).sort(), ids, 'rows')
      same(rows[0]?.id, 'inputs')
      const at = rows.map(({ stage }) => stages.indexOf(stage))
      same(at, at.toSorted((a, b) => a - b), 'stages')
      holds(rows.every(({ label }) => label.length > 0), 'every row has its words')
    }
  },
  'every code it can emit has words: what is true, why, and what to do': async (subject, world) => {
    for (const { values } of typedFor(subject, world)) same(incomplete(modeIn(subject, world), values), [], 'findings that lack something')
  },
  'to the inputs: nothing leaves': upTo('input'),
  'to the network: no sign-in, no token': upTo('network'),
  'to the identity: nothing is sent': upTo('identity'),
  'to delivery: every row is closed, one connection, one message': upTo('delivery'),
  'no secret and no token is in any event, in any form, whether it goes well or not': async (subject, world) => {
    for (const { values, secrets, title } of typedFor(subject, world)) {
      const wrong = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, secrets.includes(String(value)) ? 'Wr0ng~but-just-as-secret-quarry-77' : value]))
      const events = [(await runMode(subject, world, values)).events, (await runMode(subject, world, wrong)).events]
      const searched = [...secrets, ...world.facts.marks, ...(secrets.length ? ['Wr0ng~but-just-as-secret-quarry-77'] : [])]
      for (const secret of searched) for (const form of spellings(secret)) holds(!JSON.stringify(events).includes(form), `${title}: ${form} is in an event`)
    }
  },
  'given up in the middle, it ends unproven at once and leaves the server': async (subject, world) => {
    for (const typed of typedFor(subject, world)) {
      const { peer, values, clouds } = await silenced(typed, world)
      const abort = new AbortController()
      const running = runMode(subject, world, values, { signal: abort.signal, ...(clouds && { clouds }) })
      await eventually(() => peer.seen(), (seen) => seen.some(({ bytes }) => bytes > 0), 'the server is spoken to')
      await pause(100)
      abort.abort()
      const { verdict, results } = await running
      same([verdict, results.map(told).filter(Boolean)], ['unproven', ['run.cancelled']], typed.title)
      await gone(peer)
    }
  },
  'what the capabilities exclude is refused before anything is tried, and nothing else is': async (subject, world) => {
    const [typed] = typedFor(subject, world)
    for (const capabilities of allCapabilities()) {
      const excluded = viewIn(subject, world, capabilities).fields.filter(({ unavailable }) => unavailable)
      for (const field of viewIn(subject, world, allCapabilities()[0]!).fields.filter(({ name }) => ['ca', 'tlsVersion', 'port'].includes(name))) {
        const value = field.name === 'ca' ? world.facts.privateCa : field.name === 'port' ? 25 : '1.3'
        const refused = field.name === 'port' ? !capabilities.port25 : excluded.some(({ name }) => name === field.name)
        const codes = judged(subject, world, { ...typed!.values, security: 'starttls', [field.name]: value }, capabilities)
        same(codes.includes(`/settings/${field.name} unavailable`), refused, `${field.name} with ${JSON.stringify(capabilities)}`)
      }
      const internal = judged(subject, world, typed!.values, capabilities)
      holds(internal.every((one) => one.endsWith(' unavailable')), `nothing else is wrong: ${internal.join()}`)
      if (capabilities.privateNetwork) same(internal, [], 'refused where everything can be reached')
    }
  },
}
