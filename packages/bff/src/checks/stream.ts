import type { CheckEvent, Finding } from '@mail-gateway/contract'
import type { Scrubber } from '../settings/scrub.ts'

/** Names whose values are ours and from closed lists: programs branch on them, so they stay as they are. */
const closed = new Set(['event', 'id', 'runId', 'stage', 'status', 'reason', 'verdict', 'until', 'code', 'pointer', 'field', 'step', 'class', 'link', 'type', 'instance', 'requestId'])
/** Parts that came from outside. */
const fromOutside = new Set(['evidence', 'said'])

/** An event as it may leave: every text in it without the secrets of this run, whatever brought them there (threat T10). */
export const scrubbed = (event: CheckEvent, scrubber: Scrubber): CheckEvent => clean(event, scrubber, false) as CheckEvent

/** The same for a finding that leaves without a run. */
export const scrubbedFinding = (finding: Finding, scrubber: Scrubber): Finding => clean(finding, scrubber, false) as Finding

const clean = (value: unknown, scrubber: Scrubber, foreign: boolean): unknown => {
  if (typeof value === 'string') return foreign ? scrubber.foreign(value) : scrubber.words(value)
  if (Array.isArray(value)) return value.map((item: unknown) => clean(item, scrubber, foreign))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]: [string, unknown]) =>
    [name, !foreign && closed.has(name) && typeof part === 'string' ? part : clean(part, scrubber, foreign || fromOutside.has(name))]))
}

/** Somebody who follows a run. `return` leaves at once, even while `next` waits: the last one to leave ends the work. */
export type Events = AsyncIterableIterator<CheckEvent, void, void> & { return(): Promise<IteratorResult<CheckEvent, void>> }

/** Events as newline-delimited JSON, at the reader's pace. A reader that goes away leaves the run. */
export const lineStream = (events: Events): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await events.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
    },
    async cancel() {
      await events.return()
    },
  })
}
