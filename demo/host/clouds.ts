import type { MailGatewayOptions } from '@mail-gateway/bff'
import type { Microsoft } from '../sandbox/microsoft/index.ts'
import { portalPath } from './portal/paths.ts'

type Cloud = NonNullable<MailGatewayOptions['clouds']>[number]

/** Pages of the demo's portal, by the names the guide knows pages by. */
const pages = (portal: string): Record<string, string> => ({
  appRegistrationsList: portal, newAppRegistration: `${portal}/new`, enterpriseAppsList: `${portal}/enterprise`,
  appOverview: `${portal}/apps/{clientId}`, appAuthentication: `${portal}/apps/{clientId}`, appSecrets: `${portal}/apps/{clientId}/secrets`, appPermissions: `${portal}/apps/{clientId}/permissions`,
  exchangeMailFlowSettings: `${portal}/exchange`, smtpAuthReport: `${portal}/exchange`,
})

/** The pretend clouds as the settings backend takes them, their portal links leading into the host's own pages. */
export const cloudsFor = ({ clouds }: Microsoft, baseURL: string): readonly Cloud[] => clouds.map((cloud) => {
  const portal = `${baseURL}${portalPath}/${cloud.id}`
  return {
    ...cloud,
    links: { entra: portal, exchangeAdmin: `${portal}/exchange`, m365Admin: `${portal}/exchange`, pages: pages(portal), mgEnvironment: 'Global', exchangeEnvironment: 'O365Default', azCloud: 'AzureCloud' },
  }
})
