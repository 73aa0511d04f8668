import type { Scenario } from '../scenarios.ts'
import type { Application, Tenant } from './directory.ts'
import { entraScenarios } from './scenarios-entra.ts'
import { exchangeScenarios } from './scenarios-exchange.ts'
import { graphScenarios } from './scenarios-graph.ts'
import type { Fates } from './fates.ts'

export type MicrosoftMode = 'graph' | 'smtp-office365'

/** Settings typed for a scenario in place of the good ones. */
export interface Typing {
  readonly cloud?: string
  readonly tenantId?: string
  readonly clientId?: string
  readonly scope?: string
  readonly account?: string
  readonly from?: string
  readonly clientSecret?: string
}

/** One thing that is wrong on Microsoft's side or in what was typed, and what an administrator sees of it. */
export interface MicrosoftScenario extends Pick<Scenario, 'id' | 'title' | 'sees'> {
  readonly group: 'Tenant and cloud' | 'App and secret' | 'Sign-in service' | 'Permission' | 'Graph' | 'Exchange sign-in' | 'Exchange sending'
  readonly mode: MicrosoftMode
  /** How far one has to go to see it: a check sends nothing. */
  readonly act: 'check' | 'deliver'
  /** What the services answer this scenario's own application. */
  readonly fates?: Fates
  /** What answers where the tenant is asked for: gives the scenario a tenant of its own. */
  readonly discovery?: Fates['discovery']
  /** Name of the tenant its application lives in; default Acme. */
  readonly tenant?: string
  /** Makes the application other than it should be. */
  readonly change?: (application: Application) => void
  /** What is typed other than the good values. */
  readonly typed?: (application: Application, tenant: Tenant) => Typing
}

/** Everything that goes wrong with Microsoft, in the order of the demo's list. */
export const microsoftScenarios: readonly MicrosoftScenario[] = [...entraScenarios, ...graphScenarios, ...exchangeScenarios]
