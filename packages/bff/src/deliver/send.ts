import type { Finding } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { demand } from '../access/caller.ts'
import { scrubbedFinding } from '../checks/stream.ts'
import { Refusal, refused } from '../findings/problem.ts'
import type { Deployment } from '../gateways/deployment.ts'
import { demandReadable, find } from '../gateways/load.ts'
import { defaultAmong } from '../gateways/view.ts'
import type { Mailer } from '../modes/mode.ts'
import type { StoredGateway } from '../ports/store.ts'
import { canonicalAddress, hasControl } from '../settings/address.ts'
import { complete } from '../settings/complete.ts'
import { messageOf } from './test-message.ts'

/** A message of the host product. From, Reply-to, envelope sender and signature are the gateway's. */
export interface OutgoingMail {
  readonly to: string | readonly string[]
  readonly subject: string
  /** Plain text. */
  readonly text: string
}

/** What the mail server said when it took the message. */
export interface Receipt {
  readonly messageId: string
  /** The server's own words. */
  readonly reply: string
  /** Recipients the server did not take, while it took the others. */
  readonly refused: readonly string[]
}

/** A message that was not accepted, or of which nobody knows. */
export class SendFailed extends Error {
  readonly finding: Finding
  /** True where it may have been delivered all the same: sending it again may deliver it twice. */
  readonly unproven: boolean

  constructor(finding: Finding, unproven: boolean) {
    super(`${finding.code}: ${finding.title}`)
    this.finding = finding
    this.unproven = unproven
  }
}

/**
 * Sends the product's own mail through a stored gateway, or through the tenant's default one.
 * Nothing is repeated automatically: the caller knows whether a second copy does harm.
 * @throws Refusal `auth.right-missing`, `gateway.unknown`, `settings.refused`, `settings.unreadable`, `secret.unreadable`
 * @throws SendFailed with the explanation a check would have given
 */
export const sendMail = async (deployment: Deployment, call: Call, mail: OutgoingMail, gatewayId?: string): Promise<Receipt> => {
  demand(call.caller, 'send')
  const to = recipientsOf(mail)
  const stored = demandReadable(await find(deployment, call.caller.tenant, gatewayId ?? await defaultOf(deployment, call.caller.tenant)))
  const { mode, values, secrets } = await valuesOf(deployment, stored)
  const { scrubber, release } = deployment.discretion.confide(secrets)
  // The timeout is the setting's for each reply; a send as a whole gets three of them.
  const signal = AbortSignal.any([...(call.signal ? [call.signal] : []), AbortSignal.timeout(3_000 * Number(values.timeout))])
  let mailer: Mailer | undefined
  try {
    mailer = await mode.open(values as never, deployment.portsFor(stored.tenant, scrubber.conceal), signal)
    const receipt = await mailer.send(messageOf(values, to, mail.subject, mail.text))
    return { ...receipt, reply: scrubber.foreign(receipt.reply) }
  } catch (error) {
    const { status, finding } = mode.explain(values as never)(error, 'message')
    throw new SendFailed(scrubbedFinding(finding, scrubber), status === 'unproven')
  } finally {
    mailer?.close()
    release()
  }
}

const recipientsOf = ({ to, subject }: OutgoingMail): string[] => {
  const addresses = [to].flat().map((address) => canonicalAddress(address))
  const wrong = addresses.findIndex((address) => address === undefined)
  if (addresses.length === 0 || wrong >= 0) throw refused({ pointer: wrong > 0 ? `/to/${wrong}` : '/to', code: 'format', detail: 'Enter one address, for example it@acme.example' })
  if (hasControl(subject)) throw refused({ pointer: '/subject', code: 'control', detail: 'Use a subject on one line, without control characters' })
  return addresses as string[]
}

const defaultOf = async ({ store }: Deployment, tenant: string): Promise<string> => {
  const id = defaultAmong(await store.listGateways(tenant), await store.getDefault(tenant))
  if (!id) throw new Refusal('gateway.unknown', { detail: 'No gateway is set up yet.' })
  return id
}

const valuesOf = async (deployment: Deployment, stored: StoredGateway) => {
  const completion = await complete({ mode: stored.mode, settings: stored.settings }, stored, { ...deployment, tenant: stored.tenant })
  if (!completion.ok) throw refused(...completion.errors)
  return { mode: completion.mode, values: completion.values, secrets: Object.values(completion.secrets) }
}
