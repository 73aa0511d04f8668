/** Characters that take no room and come along when text is copied from a web page or a PDF. */
const invisible = /\p{Cf}/gu
const quotes = /^["'`´„‚\p{Pi}\p{Pf}]+|["'`´„‚\p{Pi}\p{Pf}]+$/gu
const guid = /^[{(]([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[)}]$/i

const strip = (value: string): string => value.replace(invisible, '').replace(/\s+/g, ' ').trim()

/** One line of text: no line breaks, no invisible characters, no wrapping quotes, no braces around a GUID. */
export const cleanText = (value: string): string => strip(strip(value).replace(quotes, '')).replace(guid, '$1')

const unwrapped = (value: string): string => cleanText(value).normalize('NFKC').replace(/^<+|>+$/g, '').trim()

/** An email address: what stands in the angle brackets of `Name <address>`, without `mailto:`. */
export const cleanAddress = (value: string): string => {
  const inner = /<([^<>]+)>/.exec(strip(value))?.[1] ?? value
  return unwrapped(inner).replace(/^mailto:/i, '').replace(/\?.*$/, '').replace(/\s+/g, '').replace(/[.,;]+$/, '').replace(quotes, '')
}

export interface CleanHost { readonly value: string; readonly port?: string }

/** A host name or address: no scheme, path, sign-in or trailing dot; a port written behind it comes back apart. */
export const cleanHost = (value: string): CleanHost => {
  const bare = unwrapped(value).replace(/\s+/g, '').replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^/@]*@/, '').replace(/[/?#].*$/, '')
  const split = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(bare)
  const host = (split?.[1] ?? bare).replace(/\.+$/, '').replace(/^\[(.*)\]$/, '$1')
  return split?.[2] ? { value: host, port: split[2] } : { value: host }
}

/** Digits of any script's full width form as ASCII, without spaces. */
export const cleanNumber = (value: string): string => strip(value).normalize('NFKC').replace(/\s+/g, '')

/** A secret keeps every inner character; only white space around it goes. */
export const cleanSecret = (value: string): string => value.trim()

/** PEM: one line break style, no indentation, no invisible characters. */
export const cleanPem = (value: string): string => value.replace(invisible, '').replace(/\r\n?/g, '\n').replace(/^[^\S\n]+|[^\S\n]+$/gm, '').trim()

export interface Cleaned { readonly value: string; readonly port?: string }

/** Cleans a typed or pasted value the way its field asks for; a field that asks for nothing keeps what was typed. */
export const clean = (how: string | undefined, value: string): Cleaned => {
  switch (how) {
    case 'text': return { value: cleanText(value) }
    case 'host': return cleanHost(value)
    case 'address': return { value: cleanAddress(value) }
    case 'secret': return { value: cleanSecret(value) }
    case 'pem': return { value: cleanPem(value) }
    case 'number': return { value: cleanNumber(value) }
    default: return { value }
  }
}
