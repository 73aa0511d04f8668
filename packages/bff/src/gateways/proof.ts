import { stages } from '@mail-gateway/contract'
import type { FieldError, RunRow, Stage, Verdict } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { Refusal } from '../findings/problem.ts'
import type { Completion } from '../settings/complete.ts'
import type { Mode } from '../modes/mode.ts'
import { secretsOf } from '../settings/schema.ts'
import type { Deployment } from './deployment.ts'

/** What is to be proven before it may be saved. */
export interface Claim {
  readonly gatewayId: string | undefined
  readonly completion: Extract<Completion, { ok: true }>
  /** Fingerprints of exactly these settings and secrets. */
  readonly proofs: readonly string[]
}

/** Runs the checklist to a stage and waits for its end. */
export type Prove = (call: Call, claim: Claim, until: Stage) => Promise<Proof>

/** How a run ended, row by row. */
export interface Proof {
  readonly verdict: Verdict
  /** False where it broke off by a mistake of ours: then no row says what is missing. */
  readonly ended: boolean
  readonly rows: readonly RunRow[]
}

/**
 * Where the host saves nothing unproven: accepts an earlier passed run on exactly these values, else makes one.
 * @throws Refusal `save.check-failed` with the fields that are to blame
 */
export const demandProof = async (deployment: Deployment, call: Call, claim: Claim, prove: Prove): Promise<void> => {
  const { saveRequires } = deployment.policy
  // Values that do not hold never come this far, so the first stage is already done.
  if (saveRequires === 'nothing' || saveRequires === 'input') return
  if (await isProven(deployment, call, claim, saveRequires)) return
  const run = await prove(call, claim, saveRequires)
  if (run.verdict !== 'passed' && !isOpenUntilLater(run, claim.completion.mode, saveRequires)) throw new Refusal('save.check-failed', { errors: errorsOf(run, secretsOf(claim.completion.mode.settings)) })
}

/** Ends a row for other reasons than that a later one decides. */
const brokenOff: readonly string[] = ['internal', 'run.cancelled']

/**
 * Nothing went wrong, and what is open only a stage beyond the required one can settle: a right that a token does not show
 * must not keep anybody from saving, since the message that shows it leaves from what is saved.
 */
const isOpenUntilLater = ({ verdict, rows, ended }: Proof, { settles = {}, plan }: Mode, until: Stage): boolean => {
  const beyond = (id: string) => stages.indexOf(plan[id]!) > stages.indexOf(until)
  const isOpen = ({ id, finding }: RunRow) => (settles[id] ?? []).some(beyond) && !brokenOff.includes(finding?.code ?? '')
  return verdict === 'unproven' && ended && rows.some((row) => row.status === 'unproven' && isOpen(row)) && rows.every((row) => ['pass', 'warn'].includes(row.status) || (row.status === 'skip' && row.reason !== 'blocked') || (row.status === 'unproven' && isOpen(row)))
}

const isProven = async ({ store }: Deployment, { caller }: Call, { proofs }: Claim, until: Stage): Promise<boolean> => {
  for (const proof of proofs) {
    const view = (await store.findRun(caller.tenant, proof))?.view
    if (view) return view.verdict === 'passed' && stages.indexOf(view.until) >= stages.indexOf(until)
  }
  return false
}

const errorsOf = ({ rows }: Proof, secrets: readonly string[]): FieldError[] =>
  rows.filter(({ status, finding }) => finding && (status === 'fail' || status === 'unproven')).map((row) => errorOf(row, secrets))

const errorOf = ({ finding }: RunRow, secrets: readonly string[]): FieldError => {
  const { code = '', title = '', cause = '', field } = finding ?? {}
  const pointer = field === undefined ? '' : `/${secrets.includes(field) ? 'secrets' : 'settings'}/${field}`
  return { pointer, code, detail: `${title}. ${cause}`.trim() }
}
