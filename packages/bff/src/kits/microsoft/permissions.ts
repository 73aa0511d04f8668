import type { Purpose } from './scope.ts'

/** The one application permission a purpose needs, and the API that has it. */
export interface Least {
  readonly role: string
  readonly api: string
  /** The API's own application id, which may stand in a token's audience instead of its address. */
  readonly appId: string
}

/**
 * The least set of each purpose (learn.microsoft.com/graph/permissions-reference#mailsend,
 * learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth).
 * Every other role in a token is more than a product that only sends has use for.
 */
export const least: Readonly<Record<Purpose, Least>> = {
  graph: { role: 'Mail.Send', api: 'Microsoft Graph', appId: '00000003-0000-0000-c000-000000000000' },
  smtp: { role: 'SMTP.SendAsApp', api: 'Office 365 Exchange Online', appId: '00000002-0000-0ff1-ce00-000000000000' },
}
