// Runs one task of the product over and over, each time with another `await` that fails, and says what came of it.
import { randomBytes } from 'node:crypto'
import { fold, lines } from '@mail-gateway/contract'
import type { CheckEvent, GatewayView, RunRow, RunView } from '@mail-gateway/contract'
import type { MailGateway } from '@mail-gateway/bff'
import type { Sandbox } from '../../demo/sandbox/index.ts'
import type { Instrumented, Plan } from './await-seat.ts'

const origin = 'https://console.example.com'

export type ModeId = 'smtp' | 'smtp-office365' | 'graph'

/** What a caller saw of one task. */
export interface Seen {
  /** `passed` and the like, `problem`, a status of HTTP, or `silence`. */
  readonly answer: string
  readonly rows: readonly RunRow[]
}

export interface Bench {
  /** Forgets what is known of the gateway, so that nothing can be green before it is proven. */
  forget(): Promise<void>
  /** A check of the stored settings to delivery. */
  check(): Promise<Seen>
  /** A save of other settings that runs the same check first, since the host wants it so. */
  save(): Promise<Seen>
  /** What the gateway is shown as; `unfounded` where that is more than the run it names has proven. */
  state(): Promise<string>
  /** Rows of the run its state speaks of. */
  rows(): Promise<readonly RunRow[]>
  close(): Promise<void>
}

const draftFor = (sandbox: Sandbox, mode: ModeId) => {
  if (mode !== 'smtp') {
    const { settings, clientSecret } = sandbox.microsoft.prepared(mode)!
    return { mode, settings: { ...settings } as Record<string, unknown>, secrets: { clientSecret: { value: clientSecret } } }
  }
  const { settings, password } = sandbox.typed('starttls')
  return { mode, settings: { ...settings } as Record<string, unknown>, secrets: { password: { value: password! } } }
}

/** Milliseconds after which an answer counts as none: a check ends after 20 s in any case. */
const patienceMs = 24_000

export const openBench = async ({ createMailGateway, nodePorts }: Instrumented, sandbox: Sandbox, mode: ModeId): Promise<Bench> => {
  const ports = nodePorts({ store: 'sqlite::memory:' })
  const { store } = ports
  const gateway: MailGateway = createMailGateway({
    ports, authorize: async () => ({ subject: 'u', name: 'Ada', email: 'ada@acme.example', tenant: 'acme', rights: ['read', 'write', 'test', 'send'] }),
    baseURL: origin, secrets: `1:${randomBytes(32).toString('base64')}`, egress: { allow: ['127.0.0.0/8', '::1'], ports: '1-65535', clearText: [] },
    testRate: { perMinute: 9_999, perDay: 99_999 }, saveRequires: 'delivery', clouds: sandbox.microsoft.clouds, log: () => {}, onEvent: async () => {},
  })
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => gateway.fetch(new Request(`${origin}/api/mail-gateway${path}`, {
    method, headers: { origin, 'content-type': 'application/json', 'x-mail-gateway': '1', ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }),
  }))
  const draft = draftFor(sandbox, mode)
  const made = await (await ask('POST', '/gateways', draft)).json() as GatewayView
  const view = async (): Promise<GatewayView> => {
    const response = await ask('GET', `/gateways/${made.id}`)
    if (!response.ok) throw new Error(`the gateway answers no more: ${response.status} ${await response.text()}`)
    return response.json() as Promise<GatewayView>
  }
  const runOf = async (id: string | undefined): Promise<Partial<RunView>> => (await ask('GET', `/runs/${id}`)).json() as Promise<Partial<RunView>>
  let [edits, revision] = [0, made.revision]
  return {
    async forget() {
      revision = (await view()).revision
      const { status } = (await store.getGateway('acme', made.id))!
      await store.putStatus('acme', made.id, revision, { state: 'unverified', since: status.since, ...(status.fingerprint && { fingerprint: status.fingerprint }) })
    },
    check: () => bounded(toldOf(ask('POST', '/checks', { gatewayId: made.id, until: 'delivery', to: 'someone@acme.example' }))),
    save: () => bounded(savedAs(ask('PUT', `/gateways/${made.id}`, { mode, settings: { ...draft.settings, fromName: `n${edits++}` } }, { 'if-match': `"${revision}"` }))),
    async state() {
      const { status: { state, runId } } = await view()
      if (state !== 'verified') return state
      const run = await runOf(runId)
      return run.verdict === 'passed' && run.until === 'delivery' ? state : 'unfounded'
    },
    rows: async () => (await runOf((await view()).status.runId)).rows ?? [],
    close: () => gateway.close(),
  }
}

const bounded = async (work: Promise<Seen>): Promise<Seen> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Seen>((resolve) => { timer = setTimeout(() => resolve({ answer: 'silence', rows: [] }), patienceMs) })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const toldOf = async (asking: Promise<Response>): Promise<Seen> => {
  const response = await asking
  if (!response.ok) return { answer: String(response.status), rows: [] }
  const events: CheckEvent[] = []
  try {
    for await (const event of lines<CheckEvent>(response.body!.pipeThrough(new TextDecoderStream()))) events.push(event)
  } catch {
    return { answer: 'cut off', rows: events.reduce<readonly RunRow[]>(fold, []) }
  }
  const last = events.at(-1)
  return { answer: last?.event === 'end' ? last.verdict : last?.event ?? 'nothing', rows: events.reduce<readonly RunRow[]>(fold, []) }
}

const savedAs = async (asking: Promise<Response>): Promise<Seen> => {
  const response = await asking
  await response.text()
  return { answer: String(response.status), rows: [] }
}

/** How one plan is spoken of. */
export const nameOf = ({ points }: Instrumented, { point }: Pick<Plan, 'point'>): string => `${points[point]!.file.replace('packages/bff/src/', '')}: ${points[point]!.text}`

/** What came of one task in which one `await` failed. */
export interface Outcome extends Seen {
  readonly plan: Plan
  readonly fired: boolean
  readonly state: string
  /** What a good check says right after it, where one was made. */
  readonly next?: string
}

export type Task = 'check' | 'save'

/** Points in the order they are met when all goes well, each with which time it is. */
export const met = async (made: Instrumented, bench: Bench, task: Task): Promise<Pick<Plan, 'point' | 'time'>[]> => {
  await bench.forget()
  await made.during(undefined, () => bench[task]())
  await quiet()
  const times = new Map<number, number>()
  return made.disarm().met.map((point) => {
    const time = (times.get(point) ?? 0) + 1
    times.set(point, time)
    return { point, time }
  })
}

export const tryOne = async (made: Instrumented, bench: Bench, task: Task, plan: Plan, goesOn: boolean, tries = 5): Promise<Outcome> => {
  await bench.forget()
  const seen = await made.during(plan, () => bench[task]())
  await quiet()
  const { fired } = made.disarm()
  // An answer of ours that came early may leave a run behind that is just ending, and whoever asks for the same follows it.
  if (!fired && tries > 1) {
    await new Promise((resolve) => setTimeout(resolve, 60))
    return tryOne(made, bench, task, plan, goesOn, tries - 1)
  }
  const state = await bench.state()
  const rows = task === 'save' ? await bench.rows() : seen.rows
  return { ...seen, rows, plan, fired, state, ...(goesOn && { next: await goodCheck(bench) }) }
}

/** What nobody waits for any more may still be ending. */
const quiet = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 3) })

const goodCheck = async (bench: Bench): Promise<string> => {
  for (const end = performance.now() + 5_000; ;) {
    const { answer } = await bench.check()
    if (answer !== '429' || performance.now() > end) return answer
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}
