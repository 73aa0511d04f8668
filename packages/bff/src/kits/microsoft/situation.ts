import type { Cloud } from './clouds.ts'
import { least } from './permissions.ts'

/** Modes whose settings are those of an application. */
export type MicrosoftMode = 'graph' | 'smtp-office365'

/** What a finding may name: where mail goes and from which mailbox. Whatever is missing is spoken of in general. */
export interface Situation {
  readonly cloud?: Cloud
  readonly from?: string
  /** The From address of the message, where Graph sends through another mailbox, which is `from` then. */
  readonly sender?: string
  /** The mailbox that signs in to SMTP. */
  readonly account?: string
  /** Day the client secret ends, as stored (ISO 8601). */
  readonly secretExpires?: string
}

/** The situation in words. */
export interface Named {
  readonly mode: MicrosoftMode
  readonly cloud: string
  readonly graph: string
  readonly signIn: string
  readonly smtp: string
  readonly smtpPort: number
  /** The mailbox that is used: From in Graph, the one that signs in over SMTP. */
  readonly mailbox: string
  readonly from: string
  /** The address it is to send as, where that is not its own. */
  readonly sender?: string | undefined
  /** The permission an application needs, and the API that has it. */
  readonly role: string
  readonly api: string
  readonly secretExpires?: string | undefined
}

const hostOf = (address: string | undefined): string | undefined => (address && URL.parse(address)?.host) || undefined

export const named = (mode: MicrosoftMode, { cloud, from, sender, account, secretExpires }: Situation): Named => {
  const { role, api } = least[mode === 'graph' ? 'graph' : 'smtp']
  return {
    mode, role, api, secretExpires, sender,
    // What a label adds in brackets is for choosing it.
    cloud: cloud ? `the cloud ${cloud.label.replace(/ \(.*$/, '')}` : 'the chosen cloud',
    graph: hostOf(cloud?.graph) ?? 'Microsoft Graph',
    signIn: hostOf(cloud?.authority) ?? 'Microsoft’s sign-in service',
    smtp: cloud?.smtpHost ?? 'Microsoft’s mail server',
    smtpPort: cloud?.smtpPort ?? 587,
    from: from || 'the From address',
    mailbox: (mode === 'graph' ? from : account || from) || (mode === 'graph' ? 'the From mailbox' : 'the mailbox that signs in'),
  }
}

/** What something says on the screen. Fixes are steps; the first is the one to begin with. */
export interface MicrosoftWords {
  readonly title: string
  readonly cause: string
  readonly fixes: readonly string[]
  readonly field?: string
  /** Place in the portals, as the failure catalogue names it: leads to the step of the guide and to who may do it. */
  readonly place?: string
  readonly who?: string
}
