import * as z from 'zod'

// Control characters, and everything that reorders or hides text; marks that only choose an emoji's form stay.
const forbidden = /(?![\uFE00-\uFE0F])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}\p{DI}\uFFF9-\uFFFB]/u

/** True where a value carries characters that could break a header or a command (RFC 5322 section 2.2), or hide what it says. */
export const hasControl = (text: string): boolean => forbidden.test(text)

const plainAddress = z.email()

/**
 * The one form of an email address: domain in lower case and ASCII (RFC 5890), local part untouched.
 * @returns undefined where the text is not exactly one plain address.
 */
export const canonicalAddress = (text: string): string | undefined => {
  const at = text.lastIndexOf('@')
  if (at < 1 || hasControl(text)) return undefined
  const domain = canonicalHost(text.slice(at + 1))
  if (!domain) return undefined
  const address = `${text.slice(0, at)}@${domain}`
  return address.length <= 254 && plainAddress.safeParse(address).success ? address : undefined
}

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/**
 * The one form of a host name or IP literal: lower case, ASCII, no trailing dot, IPv4 in dotted decimal,
 * IPv6 compressed and without brackets. The URL standard does the reading, so that every spelling
 * of an address (decimal, hex, octal, short, full-width) ends in the same text.
 * @returns undefined where the text is no host.
 */
export const canonicalHost = (text: string): string | undefined => {
  const bare = text.trim().replace(/^\[(.*)\]$/, '$1')
  if (!bare || hasControl(bare) || /[\s/?#@%\\<>[\]]/.test(bare)) return undefined
  const host = bare.includes(':') ? parsed(`[${bare}]`)?.slice(1, -1) : parsed(bare)?.replace(/\.$/, '')
  if (!host || host.length > 253) return undefined
  return host.includes(':') || host.split('.').every((part) => label.test(part)) ? host : undefined
}

const parsed = (host: string): string | undefined => {
  // A scheme with a host, and no default port that the parser would drop.
  const url = URL.parse(`https://${host}/`)
  return url && !url.port && !url.username ? url.hostname : undefined
}

const isIpv4 = /^\d{1,3}(\.\d{1,3}){3}$/

/** True for the canonical form of an IP literal. */
export const isAddressLiteral = (host: string): boolean => host.includes(':') || isIpv4.test(host)
