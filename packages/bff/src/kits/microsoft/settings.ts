import type { Repair } from '@mail-gateway/contract'
import * as z from 'zod'
import { entryOf } from '../../findings/catalogue.ts'
import { hasControl } from '../../settings/address.ts'
import { field, secret } from '../../settings/schema.ts'
import type { Cloud } from './clouds.ts'
import { isTenant } from './endpoint.ts'
import { cloudFacts } from './guide/index.ts'
import { scopeFits, scopeRepairs } from './scope.ts'
import type { Purpose } from './scope.ts'

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const domain = '(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,63}'

/** What the catalogue says of a value that is recognised before anything is asked: the fact, then the first thing to do. */
const told = (id: string): string => {
  const { title, fix: [first] } = entryOf(id)!
  return `${title}. ${first}`
}

/** A value the catalogue recognises and nobody can repair. Its expressions are anchored as the form and the server want them. */
const known = (id: string): Repair => ({ pattern: `^${entryOf(id)!.match.local!.regex!.replace(/^\^|\$$/g, '')}$`, say: told(id) })

/** Addresses of pages carry the tenant in several places; the first path segment is that of sign-in addresses. */
const tenantRepairs: readonly Repair[] = [
  known('local-tenant-placeholder'),
  { pattern: `^https?://[^?#]*?[/#?&](?:tenantId|tid)[/=](${guid})(?![0-9a-f-]).*$`, to: '$1', say: 'The tenant was taken out of the address.' },
  { pattern: `^https?://[^#]*#@(${guid}|${domain})(?:[/?].*)?$`, to: '$1', say: 'The tenant was taken out of the address of the portal.' },
  { pattern: `^https?://[a-z0-9.:-]+/(${guid}|${domain})(?:[/?#].*)?$`, to: '$1', say: 'The tenant was taken out of the address.' },
  { pattern: `^https?://([a-z0-9-]+\\.(?:partner\\.)?onmicrosoft\\.[a-z]+)/?$`, to: '$1', say: 'Only the domain of the address is needed.' },
  { pattern: '^https?://.*$', say: 'This is the address of a page, and no tenant stands in it. Copy Directory (tenant) ID from the Overview page.' },
  { pattern: `^[^@\\s]+@(${domain})$`, to: '$1', say: 'Only the domain of the address is needed.' },
]

const clientRepairs: readonly Repair[] = [
  { pattern: `^api://(${guid})(?:/.*)?$`, to: '$1', say: 'The ID was taken out of the application’s address.' },
  { pattern: `^https?://.*[/=#?&](?:appId|client_id|clientId)[/=](${guid})(?![0-9a-f-]).*$`, to: '$1', say: 'The ID was taken out of the address of the page.' },
  known('local-client-not-guid'),
]

const secretRepairs: readonly Repair[] = [
  known('local-secret-is-guid'),
  { pattern: '^["“„](.+)["”“]$', to: '$1', say: 'The quotation marks around the secret were left out.' },
]

/** A closed cloud stays closed whether its address has its dots or not, so it comes before what gets its dots back. */
const mistypedScopes = (): readonly Repair[] => [
  { pattern: `^.*${entryOf('local-germany-retired')!.match.local!.regex!}.*$`, say: told('local-germany-retired') },
  ...scopeRepairs(),
  { pattern: '^\\S+(?:[\\s,;]+\\S+)+$', say: told('local-scope-several') },
  known('local-scope-not-default'),
]

// The form tries a pattern as it stands, so both cases are in it.
const cased = (pattern: string): RegExp => new RegExp(`^(?:${pattern.replaceAll('a-f', 'a-fA-F').replaceAll('a-z', 'a-zA-Z')})$`)

const oneLine = (max: number): z.ZodString => z.string().max(max).refine((text) => !hasControl(text))

/** The settings of an application that signs in with a secret, one form for every mode that asks Microsoft for a token. */
export const applicationSettings = (clouds: readonly Cloud[]) => {
  const ids = clouds.map(({ id }) => id)
  return {
    tenantId: field(oneLine(253).regex(cased(`${guid}|${domain}`)).refine(isTenant), { kind: 'text', group: 'app', clean: 'text', ltr: true, destination: true, autocomplete: 'off', repairs: tenantRepairs }),
    clientId: field(z.string().regex(cased(guid)), { kind: 'text', group: 'app', clean: 'text', ltr: true, destination: true, autocomplete: 'off', repairs: clientRepairs }),
    clientSecret: secret({ group: 'app', autocomplete: 'new-password', repairs: secretRepairs, expires: 'clientSecretExpires' }),
    clientSecretExpires: field(z.iso.date(), { kind: 'date', group: 'app', ltr: true }).optional(),
    cloud: field(z.enum(ids).default(ids[0]!), { kind: 'select', group: 'advanced', destination: true }),
    scope: field(oneLine(1024), { kind: 'text', group: 'advanced', clean: 'text', ltr: true, autocomplete: 'off', repairs: mistypedScopes() }).optional(),
  }
}

/** What these settings say on the form. `mailbox` names who is to send. */
export const applicationWords = (clouds: readonly Cloud[], purpose: Purpose) => ({
  tenantId: { label: 'Directory (tenant) ID', hint: 'On the Overview page of the app. A domain of the organisation does too.', required: 'Copy Directory (tenant) ID from the Overview page of the app', format: told('local-tenant-form') },
  clientId: { label: 'Application (client) ID', hint: 'On the same page. Not the Object ID.', required: 'Copy Application (client) ID from the Overview page of the app', format: told('local-client-not-guid') },
  clientSecret: { label: 'Client secret (Value)', hint: 'The column Value, about 40 characters. It is shown once.', required: 'Create a client secret and copy its column Value', format: 'Copy the column Value of the client secret again' },
  clientSecretExpires: { label: 'Secret ends on', hint: 'So that you are warned in time.', format: 'Enter the day as year, month and day, for example 2027-05-01' },
  cloud: {
    label: 'Cloud', hint: 'Which Microsoft cloud the organisation is in. It sets every address at once.', required: 'Choose the cloud of the organisation', format: choice(clouds, purpose),
    options: Object.fromEntries(clouds.map((cloud) => [cloud.id, { label: cloud.label, facts: cloudFacts(cloud) }])),
  },
  scope: { label: 'OAuth scope', hint: `Leave it empty: the cloud’s own is used, such as ${ownScope(clouds[0]!, purpose)}`, format: 'Leave it empty, or enter one scope that ends in /.default' },
})

/** A file for the command has no list to choose from. */
const choice = (clouds: readonly Cloud[], purpose: Purpose): string => {
  const ids = clouds.slice(0, 12).map(({ id }) => id).join(', ')
  return `Choose one of the clouds in the list. Their ids: ${ids}${clouds.length > 12 ? ', …' : ''}${purpose === 'smtp' ? '. A cloud of which no mail server is known works with Exchange Online (Graph API) only' : ''}`
}

const ownScope = (cloud: Cloud, purpose: Purpose): string => purpose === 'graph' ? cloud.graphScope : cloud.smtpScope

/** What the settings name, apart from the message. */
export interface ApplicationValues {
  readonly cloud: string
  readonly tenantId: string
  readonly clientId: string
  readonly scope?: string | undefined
  readonly from: string
  /** Mailboxes other than From that are opened or sent through. */
  readonly account?: string | undefined
  readonly envelopeFrom?: string | undefined
}

/** Spellings of one application are one application. */
export const canonicalApplication = <T extends ApplicationValues>(values: T): T =>
  ({ ...values, tenantId: values.tenantId.toLowerCase(), clientId: values.clientId.toLowerCase(), ...(values.scope !== undefined && { scope: values.scope.trim() }) })

/** @throws TypeError for a cloud that is not on offer; the schema lets none through */
export const cloudNamed = <C extends Cloud>(clouds: readonly C[], id: string): C => {
  const cloud = clouds.find((one) => one.id === id)
  if (!cloud) throw new TypeError('a cloud that is not on offer')
  return cloud
}

/** The day the secret ends, for whoever explains why it was refused. */
export const secretEnd = ({ clientSecretExpires }: { readonly clientSecretExpires?: string | undefined }): { secretExpires?: string } =>
  clientSecretExpires === undefined ? {} : { secretExpires: clientSecretExpires }

interface Misfit { readonly field: string; readonly code: string; readonly detail: string }

/** What single values cannot show: one ID pasted twice, a scope of another cloud or API, a mailbox nobody's application may use. */
export const judgeApplication = (values: ApplicationValues, clouds: readonly Cloud[], purpose: Purpose): Misfit[] => [
  ...(values.tenantId === values.clientId ? [{ field: 'tenantId', code: 'tenant.equals-client', detail: told('local-tenant-equals-client') }] : []),
  ...(values.scope === undefined ? [] : misfitOf(values.scope, cloudNamed(clouds, values.cloud), purpose)),
  ...(['from', 'account', 'envelopeFrom'] as const).filter((field) => consumer.test(values[field] ?? '')).map((field) => ({ field, code: `${field}.consumer`, detail: told('local-from-consumer') })),
]

const consumer = new RegExp(entryOf('local-from-consumer')!.match.local!.regex!, 'i')

const misfitOf = (scope: string, cloud: Cloud, purpose: Purpose): Misfit[] => {
  if (scopeFits(cloud, purpose, scope)) return []
  const other = scopeFits(cloud, purpose === 'graph' ? 'smtp' : 'graph', scope)
  return [{ field: 'scope', code: other ? 'scope.api' : 'scope.cloud', detail: told(other ? 'local-scope-wrong-api' : 'local-cloud-mismatch') }]
}
