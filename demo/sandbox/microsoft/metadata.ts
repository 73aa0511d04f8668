import type { Tenant } from './directory.ts'

/** Hosts of one cloud, and how metadata names it. */
export interface Place {
  /** Origin of the sign-in service. */
  readonly authority: string
  /** Origin of Graph, which is also the name of its resource. */
  readonly graph: string
  /** Name of the resource Exchange is. Nobody connects to it. */
  readonly exchange: string
  readonly instance: string
  readonly region: string
  readonly subRegion?: string
}

/** A tenant's OpenID metadata with the vendor's own fields (facts, protocol section 3). The issuer holds the tenant's GUID. */
export const metadata = ({ authority, graph, instance, region, subRegion }: Place, { id }: Tenant): object => ({
  token_endpoint: `${authority}/${id}/oauth2/v2.0/token`,
  token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
  jwks_uri: `${authority}/common/discovery/v2.0/keys`,
  response_modes_supported: ['query', 'fragment', 'form_post'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
  scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  issuer: `${authority}/${id}/v2.0`,
  request_uri_parameter_supported: false,
  userinfo_endpoint: `${graph}/oidc/userinfo`,
  authorization_endpoint: `${authority}/${id}/oauth2/v2.0/authorize`,
  device_authorization_endpoint: `${authority}/${id}/oauth2/v2.0/devicecode`,
  http_logout_supported: true,
  frontchannel_logout_supported: true,
  end_session_endpoint: `${authority}/${id}/oauth2/v2.0/logout`,
  claims_supported: ['sub', 'iss', 'cloud_instance_name', 'cloud_instance_host_name', 'cloud_graph_host_name', 'msgraph_host', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'nonce', 'preferred_username', 'name', 'tid', 'ver', 'at_hash', 'c_hash', 'email'],
  kerberos_endpoint: `${authority}/${id}/kerberos`,
  tenant_region_scope: region,
  ...(subRegion && { tenant_region_sub_scope: subRegion }),
  cloud_instance_name: instance,
  cloud_graph_host_name: `graph.windows.${instance}`,
  msgraph_host: new URL(graph).host,
  rbac_url: `https://pas.windows.${instance}`,
})
