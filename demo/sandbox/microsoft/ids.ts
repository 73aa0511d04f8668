import { createHash } from 'node:crypto'

const digest = (text: string): string => createHash('sha256').update(`demo ${text}`).digest('hex')

/** A GUID that is the same in every run of the demo, so that stored settings stay true. */
export const guidOf = (text: string): string => {
  const hex = digest(text)
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4]!
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

/** A client secret in the form Entra gives them: 40 characters, the fifth to sixth of them `Q~`. */
export const secretOf = (text: string): string => {
  const letters = createHash('sha512').update(`demo ${text}`).digest('base64').replace(/[+/=]/g, '')
  return `${letters.slice(0, 3)}8Q~${letters.slice(3, 37)}`
}

export const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** Stands in every token of this demo, so that a search can tell whether any part of one got out. */
export const tokenMark = 'Wz9vT~Hk3mR7~4LpQ8xKd2Yb6'
