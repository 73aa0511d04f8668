import ipaddr from 'ipaddr.js'

/** Addresses that begin with the same bits. */
export type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

const globalUnicast = ipaddr.parseCIDR('2000::/3')
/** The well-known prefix only: where another translates, who knows to which network (RFC 8215). */
const nat64 = ipaddr.parseCIDR('64:ff9b::/96')
/** Looks public and is the host of a cloud's virtual machine (Azure's platform address). */
const platform = [ipaddr.parseCIDR('168.63.129.16/32')]

/** An address in the form it is judged in: IPv4 in any IPv6 wrapping counts as that IPv4. */
export const parse = (address: string): ipaddr.IPv4 | ipaddr.IPv6 => {
  const parsed = ipaddr.parse(address.replace(/%.*$/, ''))
  return parsed instanceof ipaddr.IPv6 ? unwrapped(parsed) : parsed
}

// Mapped (RFC 4291), compatible (RFC 4291, deprecated), NAT64 (RFC 6052) and 6to4 (RFC 3056) all end at an IPv4 host.
const unwrapped = (address: ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 => {
  const bytes = address.toByteArray()
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  const at = within(address, [nat64]) ? 12 : address.range() === '6to4' ? 2 : bytes.slice(0, 12).every((byte) => byte === 0) ? 12 : -1
  return at >= 0 && !isSpecial(bytes) ? new ipaddr.IPv4(bytes.slice(at, at + 4)) : address
}

// `::` and `::1` look like compatible addresses and are not.
const isSpecial = (bytes: readonly number[]): boolean => bytes.slice(0, 15).every((byte) => byte === 0) && (bytes[15] ?? 0) <= 1

/**
 * Nothing but ordinary unicast: loopback, private, link-local (metadata services), multicast and reserved are refused,
 * and of IPv6 everything outside 2000::/3, the only part that is given out (RFC 4291 section 2.4).
 */
export const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address.range() === 'unicast' && !within(address, platform) && (address instanceof ipaddr.IPv4 || within(address, [globalUnicast]))

export const within = (address: ipaddr.IPv4 | ipaddr.IPv6, ranges: readonly Range[]): boolean =>
  ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base as never, bits))

/** True for a literal everybody can reach, false for one of an internal or reserved range, undefined for a name. */
export const isPublicLiteral = (host: string): boolean | undefined => (ipaddr.isValid(host) ? isPublic(parse(host)) : undefined)
