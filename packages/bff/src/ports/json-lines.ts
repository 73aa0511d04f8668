import type { LogEvent, Ports } from './ports.ts'

const order = ['debug', 'info', 'warn', 'error'] as const

/** What JSON leaves as it is, and a terminal or a viewer obeys: the rest of the control characters, further line ends, and marks that reorder text. */
const active = /[\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g

/** Writes one JSON line per event, from `level` upwards. Only declared scalar fields are copied: nothing foreign is serialised (threat T11). */
export const jsonLines = (out: { write(text: string): unknown }, level: LogEvent['level'] = 'info'): Ports['log'] => (event) => {
  if (order.indexOf(event.level) < order.indexOf(level)) return
  const { requestId, tenant, fields = {} } = event
  const scalars = Object.entries(fields).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  const line = JSON.stringify({ time: new Date().toISOString(), level: event.level, event: event.event, requestId, tenant, ...Object.fromEntries(scalars) })
  out.write(`${line.replace(active, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`)
}
