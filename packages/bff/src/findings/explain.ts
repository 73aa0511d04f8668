import type { ExplainRequest, Explanation, Finding } from '@mail-gateway/contract'
import { catalogue } from './catalogue.ts'
import type { CatalogueEntry } from './catalogue.ts'
import { codeOf } from './code.ts'
import { diagnose, fitsMode } from './diagnose.ts'
import { masked } from './mask.ts'
import { normalise } from './normalise.ts'
import type { FailureRecord } from './record.ts'
import { retryOf } from './retry.ts'
import { said } from './said.ts'

/** How a catalogue entry is told to those who use a mode. */
export type Tell = (entry: CatalogueEntry) => Finding

/** Other entries that are named: more would help nobody. */
const mostOthers = 12
/** Characters of a pasted text that are masked before its beginning is quoted: secrets lie across any cut. */
const quotable = 16_384

/** Every mode the catalogue knows, `*` left out. */
export const knownModes: readonly string[] = [...new Set(catalogue.flatMap(({ modes }) => modes))].filter((mode) => mode !== '*')

/**
 * What a failure means: the best entry of the catalogue in the words of its mode, and the others that fit.
 * What nothing fits is said to be unknown, with `id` null. Secrets in what is quoted are masked.
 */
export const explainFailure = ({ raw, context = {} }: ExplainRequest, tellIn: (mode: string) => Tell | undefined): Explanation => {
  const failure = normalise(raw, context)
  const [best, ...others] = diagnose(failure)
  const quoted = quote(raw, failure)
  if (!best) return { ...unknown, ...quoted, others: [] }
  const tell = tellIn(context.mode ?? '') ?? plainly(context.mode)
  return { ...tell(best), ...quoted, others: others.slice(0, mostOthers).map(({ id, title }) => ({ id, title })) }
}

/** The catalogue's own words; an entry of another mode is only what it usually means. */
const plainly = (mode: string | undefined): Tell => (entry) => {
  const { id, title, cause, fix, docs: [link], pointsTo: { fields: [field] }, retry } = entry
  return {
    code: codeOf(id), id, cause,
    title: fitsMode(entry, mode) ? title : `Usually means: ${title}`,
    fixes: fix.map((text, at) => ({ text, ...(at === 0 && link && { link }) })),
    ...(field && { field }),
    retry: retryOf(retry),
  }
}

const quote = (raw: unknown, { smtp, graph, oauthError, text = '' }: FailureRecord): Pick<Finding, 'said'> => {
  const names = (graph?.codes ?? [oauthError]).filter(Boolean).join(', ')
  const words = typeof raw === 'string' ? raw : smtp && !text ? `${smtp.code ?? ''}${smtp.text}` : [names, text].filter(Boolean).join(': ')
  const shown = said(masked(words.slice(0, quotable).trim()))
  return shown ? { said: shown } : {}
}

const unknown: Finding = {
  code: 'explain.unknown', id: null,
  title: 'Nothing known fits this failure',
  cause: `None of the ${catalogue.length} known failures is recognised in it.`,
  fixes: [{ text: 'Give the whole answer of the server or the service, with its numbers and codes.' }, { text: 'Say where it happened: {"raw": …, "context": {"where": "entra", "mode": "graph", "http": 400}}.' }],
  retry: { class: 'unknown', text: 'Perhaps, nobody knows' },
}
