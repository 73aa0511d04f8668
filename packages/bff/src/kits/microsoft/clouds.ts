import data from './clouds.json' with { type: 'json' }

/** Portals and what scripts call this cloud, empty where nobody says; absent for clouds an operator added. */
export interface CloudLinks {
  readonly entra: string
  readonly exchangeAdmin: string
  readonly m365Admin: string
  /** Addresses with `{clientId}` and the like in them. */
  readonly pages: Readonly<Record<string, string>>
  readonly mgEnvironment: string
  readonly exchangeEnvironment: string
  readonly azCloud: string
}

/**
 * One Microsoft cloud: sign-in, Graph, mail server and portals belong together, and a token of one is worth nothing in another.
 * The first eight names are those of `MAIL_GATEWAY_CLOUDS`.
 */
export interface Cloud {
  readonly id: string
  readonly label: string
  /** Origin of the sign-in service, such as `https://login.microsoftonline.com`. */
  readonly authority: string
  /** Origin of Graph. */
  readonly graph: string
  /** What an application asks for to send through Graph. */
  readonly graphScope: string
  /** What an application asks for to send through SMTP. */
  readonly smtpScope: string
  /** Absent where the vendor names none: the cloud then has no SMTP mode. */
  readonly smtpHost?: string
  readonly smtpPort: number
  readonly imapHost?: string
  readonly links?: CloudLinks
  /** How the tenant's OpenID metadata names this cloud. */
  readonly detect?: { readonly graphHost?: string; readonly instance?: string; readonly subScopes?: readonly (string | null)[] }
}

type Entry = (typeof data.clouds)[number]

/** Some values of the data carry a remark behind a space. */
const hostOf = (text: string): string => text.split(' ')[0]!

const linksOf = ({ portals, deepLinks, powershell }: Entry): CloudLinks => ({
  entra: hostOf(portals.entra ?? ''), exchangeAdmin: hostOf(portals.exchangeAdmin ?? ''), m365Admin: hostOf(portals.m365Admin ?? ''),
  pages: Object.fromEntries(Object.entries(deepLinks ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  mgEnvironment: hostOf(powershell?.connectMgGraphEnvironment ?? ''),
  exchangeEnvironment: hostOf(powershell?.exchangeEnvironmentName ?? ''),
  azCloud: hostOf(powershell?.azCloudName ?? ''),
})

const cloudOf = (entry: Entry): Cloud => ({
  id: entry.id, label: entry.name, authority: entry.authority, graph: entry.graphHost, graphScope: entry.graphDefaultScope,
  smtpScope: entry.smtpClientCredentialsScope, smtpPort: entry.smtp.port ?? 587,
  ...(entry.smtp.host && { smtpHost: entry.smtp.host }), ...(entry.imap?.host && { imapHost: entry.imap.host }),
  links: linksOf(entry),
  detect: {
    ...(entry.detect?.openIdMsgraphHost && { graphHost: hostOf(entry.detect.openIdMsgraphHost) }),
    ...(entry.detect?.openIdCloudInstanceName && { instance: hostOf(entry.detect.openIdCloudInstanceName) }),
    ...(entry.detect?.tenantRegionSubScope && { subScopes: entry.detect.tenantRegionSubScope }),
  },
})

/** Microsoft's clouds as they were on the date of the data; a closed one is not on offer. */
export const builtInClouds: readonly Cloud[] = data.clouds.filter(({ status }) => status !== 'retired').map(cloudOf)
