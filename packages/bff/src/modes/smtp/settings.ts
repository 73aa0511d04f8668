import * as z from 'zod'
import { canonicalHost } from '../../settings/address.ts'
import { canonicalMessage, deliverySettings, host, line, messageSettings } from '../../settings/common.ts'
import { field, secret } from '../../settings/schema.ts'

const signsIn = { authentication: 'password' }
/** The port each kind of encryption is known for (RFC 8314, RFC 6409, RFC 5321). */
export const usualPort = { starttls: 587, tls: 465, none: 25 } as const

const pem = z.string().max(32_768).regex(/^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/)

/** Every setting of the mode: the one declaration the form, the seal and the checks are read from. */
export const settings = z.strictObject({
  host: field(host(), { kind: 'host', group: 'server', clean: 'host', ltr: true, destination: true }),
  port: field(z.int().min(1).max(65_535), { kind: 'number', group: 'server', size: 6, ltr: true, destination: true, initial: usualPort.starttls }).optional(),
  security: field(z.enum(['starttls', 'tls', 'none']).default('starttls'), {
    kind: 'choice', group: 'server', destination: true,
    sets: { starttls: { port: usualPort.starttls }, tls: { port: usualPort.tls }, none: { port: usualPort.none } }, setsWith: { none: 'port25' },
  }),
  authentication: field(z.enum(['none', 'password']), { kind: 'choice', group: 'sign-in', initial: 'password' }).optional(),
  username: field(line(320), { kind: 'text', group: 'sign-in', clean: 'text', ltr: true, destination: true, when: signsIn, requiredWhen: true, autocomplete: 'off' }).optional(),
  password: secret({ group: 'sign-in', when: signsIn, requiredWhen: true, autocomplete: 'new-password' }).optional(),
  ...messageSettings,
  tlsVersion: field(z.enum(['1.2', '1.3']).default('1.2'), { kind: 'select', group: 'advanced', destination: true, needs: 'tlsVersion', ltr: true }),
  ca: field(pem, { kind: 'multiline', group: 'advanced', rows: 4, clean: 'pem', ltr: true, destination: true, needs: 'customCa' }).optional(),
  ehloName: field(host(), { kind: 'host', group: 'advanced', clean: 'host', ltr: true }).optional(),
  ...deliverySettings,
})

export type SmtpSettings = z.infer<typeof settings>

/** The same server written differently is the same destination: sealed, compared and connected to in this form. */
export const canonical = (values: SmtpSettings): SmtpSettings => ({
  ...canonicalMessage(values),
  host: canonicalHost(values.host)!,
  port: values.port ?? usualPort[values.security],
  // A file that names a user means to sign in, without saying so twice.
  authentication: values.authentication ?? (values.username !== undefined || values.password !== undefined ? 'password' : 'none'),
  ...(values.ca && { ca: values.ca.trim().replace(/\r\n?/g, '\n') }),
  ...(values.ehloName && { ehloName: canonicalHost(values.ehloName)! }),
})
