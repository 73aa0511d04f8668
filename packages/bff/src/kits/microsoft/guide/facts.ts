import type { Cloud } from '../clouds.ts'

/** Pages the steps lead to, by their names in the cloud's data. */
const pages = ['appRegistrationsList', 'newAppRegistration', 'appOverview', 'appSecrets', 'appPermissions', 'enterpriseAppsList'] as const

/** The data writes `{clientId}`, templates `{{clientId}}`. */
const templateOf = (page: string): string => page.replace(/\{+(\w+)\}+/g, '{{$1}}')

const pagesOf = ({ links }: Cloud): [string, string][] => pages.map((name) => [name, templateOf(links?.pages[name] ?? '')])

/**
 * What the guide's templates may say of a cloud: names, hosts, scopes, what scripts call it, and its portal pages. What nobody
 * knows of a cloud is left out, so that no link and no script of another cloud stands in for it.
 */
export const cloudFacts = (cloud: Cloud): Record<string, string> => {
  const { label, authority, graph, graphScope, smtpScope, smtpHost, smtpPort, links } = cloud
  const own = { cloudLabel: label, authority, graph, graphScope, smtpScope, smtpHost, smtpPort: String(smtpPort) }
  const named = { mgEnvironment: links?.mgEnvironment, exchangeEnvironment: links?.exchangeEnvironment, azCloud: links?.azCloud }
  const portals = Object.entries({ entra: links?.entra, exchangeAdmin: links?.exchangeAdmin, m365Admin: links?.m365Admin, ...Object.fromEntries(pagesOf(cloud)) })
  return Object.fromEntries([...Object.entries({ ...own, ...named }), ...portals.filter(([, page]) => /^https?:\/\//.test(page ?? ''))]
    .filter((pair): pair is [string, string] => Boolean(pair[1])))
}
