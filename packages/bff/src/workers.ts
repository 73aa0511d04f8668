export { optionsFrom } from './workers/options.ts'
export { workersPorts } from './workers/ports.ts'
export type { WorkersPortsOptions } from './workers/ports.ts'
export { toWorker } from './workers/worker.ts'
export type { MailGatewayWorker } from './workers/worker.ts'
export type { Background as WorkerContext } from './gateway.ts'
/** A Worker's bindings: text variables, secrets, and the database. */
export type Bindings = Readonly<Record<string, unknown>>
