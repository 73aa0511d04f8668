// One row of the mail part of the fault table: what a server or the network does, and how that is told.
import type { RunRow } from '@mail-gateway/contract'
import type { Runtime } from './table.ts'
import type { Network } from '../../packages/bff/src/ports/ports.ts'
import type { Authority, Certificate } from '../peers/certificates.ts'
import type { Good, Script } from '../peers/peer.ts'

/** What the servers of a run have at hand. */
export interface World {
  readonly authority: Authority
  /** One that nobody trusts. */
  readonly stranger: Authority
  /** Good for `localhost`. */
  readonly certificate: Certificate
}

/** How it is told; every part that is left out is not asked about. */
export interface Telling {
  /** Row and code it ends with; absent: it passes. Several where the instant decides. */
  readonly at?: string | readonly string[]
  readonly code?: string | readonly string[]
  readonly unproven?: true
  /** What of the server's own text is repeated. */
  readonly said?: RegExp
  /** What title, cause and fixes say. */
  readonly words?: RegExp
}

/** What is otherwise on one runtime, and why. */
export interface Difference extends Telling {
  readonly why: string
  /** It cannot happen there. */
  readonly absent?: true
  /** Words that cannot be known there are not asked for. */
  readonly wordless?: true
  /** Stands in for the system's own name service, which cannot be told what to answer. */
  readonly network?: Network
}

/** What is left of a run. */
export interface Seen {
  readonly rows: readonly RunRow[]
  /** Every line the server heard. */
  readonly heard: readonly string[]
  /** Milliseconds. */
  readonly took: number
}

/** One fact of one row, as text. */
export const fact = ({ rows }: Seen, row: string, name: string): string => String(rows.find(({ id }) => id === row)?.evidence?.[name] ?? '')

export interface MailFault extends Telling {
  readonly id: string
  readonly what: string
  /** Where it passes: whether it happened at all, since it would pass without it as well. */
  readonly happened?: (seen: Seen) => boolean
  /** What the server does, in clear unless `values` say otherwise. */
  readonly script?: Script
  /** Or: a proper server over STARTTLS, with these differences. */
  readonly good?: (world: World) => Good | Promise<Good>
  /** Or: no server at all. */
  readonly port?: 'closed' | 'dropped' | 25
  /** The same port on 127.0.0.9 drops whatever comes. */
  readonly deadTwin?: true
  readonly values?: Readonly<Record<string, unknown>>
  /** Seconds. */
  readonly bound: number
  /** Connections the server sees; never more, so nothing is tried twice. Default 1. */
  readonly connections?: number
  readonly node?: Difference
  readonly workerd?: Difference
}

/** The row as it is on this runtime; undefined where it cannot happen there. */
export const faultOn = (runtime: Exclude<Runtime, 'browser'>, fault: MailFault): MailFault & { readonly network?: Network } | undefined => {
  const difference: Difference = fault[runtime] ?? { why: 'nothing is otherwise' }
  const { why: _, absent, wordless, ...other } = difference
  if (absent) return undefined
  const { words, ...told } = { ...fault, ...other }
  return { ...told, ...(words && !wordless && { words }) }
}

/** What the Workers runtime says of a connection that fails, refused or reset. */
export const unreached: Difference = { at: 'connect', code: 'connect.not-told', wordless: true, why: 'the runtime tells that there is no connection, and not why' }

/** The same of one that is cut off at once: it may have been there for a moment. */
export const reset: Difference = { ...unreached, at: ['connect', 'greeting'], code: ['connect.not-told', 'smtp.greeting.closed'] }

/** What the Workers runtime says of every failed handshake. */
export const bare: Difference = { code: 'tls.not-told', wordless: true, why: 'the runtime tells that a handshake failed, and not why' }

/** And of one that is cut off: sometimes that the connection was lost. */
export const cutOff: Difference = { ...bare, code: ['tls.not-told', 'tls.closed'] }

/** Bytes in clear where the handshake should be: told only where they came before it began. */
export const inClear: Difference = { ...bare, code: ['tls.not-told', 'tls.injection'] }

/** Whether it ends so, where it is told so. */
export const endsSo = ({ at, code }: Telling, row: string | undefined, found: string | undefined): boolean =>
  (at === undefined || [at].flat().includes(row ?? '')) && (code === undefined ? found === undefined : [code].flat().includes(found ?? ''))

export const titleOf = ({ what, code, bound }: Pick<MailFault, 'what' | 'code' | 'bound'>): string =>
  `${what}: ${code === undefined ? 'passes' : [code].flat().join(' or ')} within ${bound} s`
