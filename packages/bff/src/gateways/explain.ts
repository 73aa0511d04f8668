import type { ExplainRequest, Explanation } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { demand } from '../access/caller.ts'
import { explainFailure } from '../findings/explain.ts'
import type { Tell } from '../findings/explain.ts'
import type { Mode } from '../modes/mode.ts'
import type { Deployment } from './deployment.ts'

/** How each mode on offer tells the catalogue's entries. */
export const tellersOf = (modes: readonly Mode[]): ((id: string) => Tell | undefined) => (id) => modes.find((mode) => mode.id === id)?.tell

/** Explains a failure some program caught. Nothing is stored, and nothing is asked of anybody. */
export const explain = ({ modes }: Deployment, { caller }: Call, request: ExplainRequest): Explanation => {
  demand(caller, 'read')
  return explainFailure(request, tellersOf(modes))
}
