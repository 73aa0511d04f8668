import type { Certificate } from '../certificates.ts'
import type { Inbox } from '../inbox.ts'
import type { Bound } from '../loopback.ts'
import type { Limits } from '../misbehaving.ts'
import { Directory } from './directory.ts'
import { startEntra } from './entra.ts'
import { startExchange } from './exchange.ts'
import { Turns } from './fates.ts'
import { startGraph } from './graph.ts'
import type { Place } from './metadata.ts'
import { furnish } from './world.ts'
import type { Prepared } from './world.ts'
import { Signer } from './tokens.ts'

export type { Application, Directory, Mailbox, Permission, Secret, Tenant } from './directory.ts'
export { addSecret, grantConsent, mailboxOf, permissionCalled, permissions, register, want } from './directory.ts'
export { microsoftScenarios } from './scenarios.ts'
export type { MicrosoftMode, MicrosoftScenario } from './scenarios.ts'
export type { Prepared } from './world.ts'

/** One pretend cloud, as `createMailGateway` wants it, its portal pages left to the host. */
export interface DemoCloud {
  readonly id: string
  readonly label: string
  readonly authority: string
  readonly graph: string
  readonly graphScope: string
  readonly smtpScope: string
  readonly smtpHost: string
  readonly smtpPort: number
  readonly detect: { readonly graphHost: string; readonly instance: string }
}

export interface Microsoft {
  readonly clouds: readonly DemoCloud[]
  readonly ports: readonly number[]
  readonly directory: Directory
  /** Good values and those of every scenario; undefined for an unknown id. */
  prepared(id: string): Prepared | undefined
  /** Registrations and switches as at the start. */
  reset(): void
  close(): Promise<void>
}

interface Parts {
  readonly certificate: Certificate
  readonly inbox: Inbox
  readonly limits: Limits
}

const kinds = [
  { id: 'demo', label: 'Demo cloud', instance: 'demo.test', region: 'EU', exchange: 'https://outlook.demo.test' },
  { id: 'demo-gov', label: 'Demo government cloud', instance: 'demo-gov.test', region: 'USGov', subRegion: 'DEMOGOV', exchange: 'https://outlook.demo-gov.test' },
] as const

interface Servers { readonly entra: Bound; readonly graph: Bound; readonly exchange: Bound }

/** Starts two pretend Microsoft clouds on loopback: sign-in and Graph over https, SMTP with STARTTLS. `first` is the first port wished for. */
export const startMicrosoft = async ({ certificate, inbox, limits }: Parts, first = 0): Promise<Microsoft> => {
  const [signer, turns, directory, places] = [new Signer(), new Turns(), new Directory(), {} as Record<string, Place>]
  const started = await Promise.all(kinds.map(async ({ id, exchange, ...kind }, n): Promise<Servers> => {
    const port = first && first + n * 10
    const [entra, graph, smtp] = await Promise.all([
      startEntra({ directory, signer, turns, certificate, clouds: places, cloud: id, authority: () => places[id]!.authority }, port),
      startGraph({ directory, signer, turns, inbox, certificate, audience: () => places[id]!.graph }, port && port + 1),
      startExchange({ directory, signer, inbox, certificate, audience: exchange }, limits, port && port + 2),
    ])
    places[id] = { authority: `https://localhost:${entra.port}`, graph: `https://localhost:${graph.port}`, exchange, instance: kind.instance, region: kind.region, ...('subRegion' in kind && { subRegion: kind.subRegion }) }
    return { entra, graph, exchange: smtp }
  }))
  let prepared = furnish(directory)
  const all = started.flatMap((servers) => Object.values(servers) as Bound[])
  return {
    clouds: kinds.map(({ id, label, instance }, n) => cloudOf(id, label, instance, places[id]!, started[n]!.exchange.port)),
    ports: all.map(({ port }) => port), directory,
    prepared: (id) => prepared.get(id),
    reset: () => { prepared = furnish(directory) },
    close: async () => { await Promise.all(all.map((one) => one.close())) },
  }
}

const cloudOf = (id: string, label: string, instance: string, { authority, graph, exchange }: Place, smtpPort: number): DemoCloud => ({
  id, label, authority, graph, graphScope: `${graph}/.default`, smtpScope: `${exchange}/.default`, smtpHost: 'localhost', smtpPort,
  detect: { graphHost: new URL(graph).host, instance },
})
