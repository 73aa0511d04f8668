import ipaddr from 'ipaddr.js'
import { EgressRefused } from './egress.ts'
import type { Egress } from './egress.ts'
import type { Address, HttpReply, Network, Ports, Target } from './ports.ts'

/** What the operator opened beyond the public internet and the usual mail ports. */
export interface EgressPolicy {
  /** Addresses and CIDR ranges otherwise refused. */
  readonly allow: readonly string[]
  /** Ports and ranges added to 25, 465, 587, 2525, such as `1025,2600-2660`. */
  readonly ports: string
  /** Addresses and ranges where sign-in without TLS is permitted; a public address never is. */
  readonly clearText: readonly string[]
}

const usualPorts = '25,465,587,2525'
/** More addresses than this are not tried: a name with dozens would only eat the check's time. */
const attempts = 3
/** Bytes of an HTTPS answer: a token or an error is far below, and no server can fill the memory (fault F62). */
const answerLimit = 256 * 1024

type PortRange = readonly [from: number, to: number]
type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/**
 * The only code that may ask the network for anything. Judges what a name resolved to, not how it was written,
 * and hands out targets that are connected to as literals, so that a second lookup cannot answer differently.
 * @throws TypeError when a range or port of the policy cannot be read; the message names it
 */
export const createEgress = (network: Network, policy: EgressPolicy, log: Ports['log'] = () => {}): Egress => {
  const allow = policy.allow.map(range)
  const clearText = policy.clearText.map(range)
  const ports = [...portRanges(usualPorts), ...portRanges(policy.ports)]
  const judged = new WeakSet<Target>()

  const forbidden = ({ address }: Address) => !isPublic(parse(address)) && !within(parse(address), allow)
  // A public name that also points inside is an attack (DNS rebinding) and refused as a whole, so that it is no matter
  // of luck which address is used. An internal name may have more addresses than the operator opened.
  const permitted = (addresses: readonly Address[]): readonly Address[] => {
    const open = addresses.filter((address) => !forbidden(address))
    return open.length < addresses.length && open.some(({ address }) => isPublic(parse(address))) ? [] : open
  }
  const refuse = (reason: 'address' | 'port', subject: string): never => {
    log({ level: 'warn', event: 'egress.refused', fields: { reason, subject, open: `${reason === 'address' ? 'MAIL_GATEWAY_EGRESS_ALLOW' : 'MAIL_GATEWAY_EGRESS_PORTS'}=${subject}` } })
    throw new EgressRefused(reason, subject)
  }
  const judge = (host: string, addresses: readonly Address[], port: number, open: readonly PortRange[]): readonly Target[] => {
    const usable = permitted(addresses)
    if (usable.length === 0) refuse('address', (addresses.find(forbidden) ?? addresses[0])?.address ?? host)
    if (!open.some(([from, to]) => port >= from && port <= to)) refuse('port', String(port))
    return usable.slice(0, attempts).map(({ address }) => {
      const target: Target = Object.freeze({ host, address, port })
      judged.add(target)
      return target
    })
  }
  return {
    resolve: (host, signal) => network.lookup(host, signal),
    judge: (host, addresses, port) => judge(host, addresses, port, ports),
    async request(request, signal) {
      const { url } = request
      if (url.protocol !== 'https:' || url.username || url.password) throw new TypeError('only https addresses without a sign-in are asked')
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
      const targets = judge(host, await network.lookup(host, signal), Number(url.port || 443), [...ports, [443, 443]])
      return firstReached(targets, (target) => {
        log({ level: 'debug', event: 'egress.requested', fields: { address: target.address, port: target.port } })
        return network.request(target, request, answerLimit, signal)
      })
    },
    async connect(target, signal) {
      if (!judged.has(target)) throw new TypeError('only a judged target may be connected to')
      const socket = await network.connect(target, signal)
      log({ level: 'debug', event: 'egress.connected', fields: { address: target.address, port: target.port } })
      return socket
    },
    permitted,
    clearTextAllowed: (address) => within(parse(address), clearText) && !isPublic(parse(address)),
  }
}

/** The answer of the first target that can be connected to; what the first said where none can. A request is never sent twice. */
const firstReached = async (targets: readonly Target[], ask: (target: Target) => Promise<HttpReply>): Promise<HttpReply> => {
  let first: unknown
  for (const target of targets) {
    try {
      return await ask(target)
    } catch (error) {
      if ((error as { syscall?: unknown } | undefined)?.syscall !== 'connect') throw error
      first ??= error
    }
  }
  throw first
}

const globalUnicast = ipaddr.parseCIDR('2000::/3')
/** The well-known prefix only: where another translates, who knows to which network (RFC 8215). */
const nat64 = ipaddr.parseCIDR('64:ff9b::/96')
/** Looks public and is the host of a cloud's virtual machine (Azure's platform address). */
const platform = [ipaddr.parseCIDR('168.63.129.16/32')]

/** An address in the form it is judged in: IPv4 in any IPv6 wrapping counts as that IPv4. */
const parse = (address: string): ipaddr.IPv4 | ipaddr.IPv6 => {
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
const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address.range() === 'unicast' && !within(address, platform) && (address instanceof ipaddr.IPv4 || within(address, [globalUnicast]))

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, ranges: readonly Range[]): boolean =>
  ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base as never, bits))

const range = (text: string): Range => {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text.trim())
    const address = parse(text.trim())
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch {
    throw new TypeError(`${text} is neither an address nor a range such as 10.0.0.0/8`)
  }
}

const portRanges = (text: string): PortRange[] =>
  text.split(',').map((part) => part.trim()).filter(Boolean).map((part) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part)
    const from = Number(match?.[1])
    const to = Number(match?.[2] ?? from)
    if (!match || from < 1 || to > 65_535 || from > to) throw new TypeError(`${part} is neither a port nor a range such as 2600-2660`)
    return [from, to] as const
  })

