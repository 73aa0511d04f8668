import type { LogEvent, Ports } from './ports.ts'

const order = ['debug', 'info', 'warn', 'error'] as const

/** Writes one JSON line per event, from `level` upwards. Only declared scalar fields are copied: nothing foreign is serialised (threat T11). */
export const jsonLines = (out: { write(text: string): unknown }, level: LogEvent['level'] = 'info'): Ports['log'] => (event) => {
  if (order.indexOf(event.level) < order.indexOf(level)) return
  const { requestId, tenant, fields = {} } = event
  const scalars = Object.entries(fields).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  out.write(`${JSON.stringify({ time: new Date().toISOString(), level: event.level, event: event.event, requestId, tenant, ...Object.fromEntries(scalars) })}\n`)
}
