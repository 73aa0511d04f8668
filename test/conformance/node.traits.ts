// How Node's adapter does what the contract leaves open.
import type { Traits } from './subject.ts'

export const nodeTraits: Traits = {
  knowsUnsent: true, ownConnections: true, tellsInjection: true, tellsRefusal: true, tellsRefused: true, freesStuck: true, untried: [],
  names: { known: { host: 'localhost', addresses: ['127.0.0.1'] }, missing: 'missing.invalid' },
}
