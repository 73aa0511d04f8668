import type { Repair } from '@mail-gateway/contract'
import type { Cloud } from './clouds.ts'
import data from './clouds.json' with { type: 'json' }

/** What an application asks a token for: Graph, or Exchange's SMTP. */
export type Purpose = 'graph' | 'smtp'

/** Two names of one resource: the vendor's pages use the first for applications and the second for people. */
const exchangeNames = ['https://outlook.office365.com/.default', 'https://outlook.office.com/.default']

const ownScope = (cloud: Cloud, purpose: Purpose): string => purpose === 'graph' ? cloud.graphScope : cloud.smtpScope

/** The cloud's own scope, unless another one was typed. Whether that fits is `scopeFits`' to say. */
export const scopeFor = (cloud: Cloud, purpose: Purpose, override?: string): string => override?.trim() || ownScope(cloud, purpose)

/**
 * True for one `/.default` of the resource this cloud has for the purpose. Several scopes never fit: client credentials
 * take one resource (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
 */
export const scopeFits = (cloud: Cloud, purpose: Purpose, scope: string): boolean => {
  const own = ownScope(cloud, purpose)
  const names = purpose === 'smtp' && exchangeNames.includes(own) ? exchangeNames : [own]
  return names.includes(scope.trim().toLowerCase()) || scope.trim() === own
}

/** Scopes that lost their dots on the way from a page to the form, and single permissions in place of a scope. */
export const scopeRepairs = (): Repair[] => data.garbleDetector.patterns.map(repairOf)

interface Pattern {
  readonly regex: string
  readonly repair: string
}

const oneScope = 'An application asks for a whole resource: an address that ends in /.default. Single permissions are granted in Entra. Leave this empty to use what the cloud needs.'

const repairOf = ({ regex, repair }: Pattern): Repair => {
  // Permissions, with their dot or without, belong to sign-in as a person.
  if (!repair.endsWith('/.default')) return { pattern: regex.replace(/(SMTP|Mail|User)(?=Send|Read)/g, '$1\\.?'), say: oneScope }
  const lenient = regex.replace('^https?://', '^(?:https?://)?')
  // What is right already is no find; outlook.office.com with its dots is another name of the resource, not a slip.
  return { pattern: `^(?!https://[a-z0-9-]+(?:\\.[a-z0-9-]+)+/\\.default$)(?:${lenient.slice(1, -1)})$`, to: repair, say: 'The scope had lost its dots or its beginning; it is complete again.' }
}
