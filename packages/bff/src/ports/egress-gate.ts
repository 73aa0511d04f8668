import ipaddr from 'ipaddr.js'
import { isPublic, parse, within } from './address-range.ts'
import type { Range } from './address-range.ts'
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

/** What of the platform the gate has to know. */
export type Surroundings = Pick<Ports['capabilities'], 'privateNetwork'>

type PortRange = readonly [from: number, to: number]

/**
 * The only code that may ask the network for anything. Judges what a name resolved to, not how it was written,
 * and hands out targets that are connected to as literals, so that a second lookup cannot answer differently.
 * @throws TypeError when a range or port of the policy cannot be read; the message names it
 */
export const createEgress = (network: Network, policy: EgressPolicy, log: Ports['log'] = () => {}, { privateNetwork }: Surroundings = { privateNetwork: true }): Egress => {
  const listed = policy.allow.map(range)
  // Where the platform reaches no internal server, a line that permits one only turns a clear refusal into a failed connection.
  const allow = privateNetwork ? listed : []
  /** By name, every attempt is the same one. */
  const most = network.byName ? 1 : attempts
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
    const openable = reason === 'port' || privateNetwork
    const open = `${reason === 'address' ? 'MAIL_GATEWAY_EGRESS_ALLOW' : 'MAIL_GATEWAY_EGRESS_PORTS'}=${subject}`
    log({ level: 'warn', event: 'egress.refused', fields: { reason, subject, ...(openable && { open }) } })
    throw new EgressRefused(reason, subject, openable)
  }
  const judge = (host: string, addresses: readonly Address[], port: number, open: readonly PortRange[]): readonly Target[] => {
    const usable = permitted(addresses)
    if (usable.length === 0) refuse('address', (addresses.find(forbidden) ?? addresses[0])?.address ?? host)
    if (!open.some(([from, to]) => port >= from && port <= to)) refuse('port', String(port))
    return usable.slice(0, most).map(({ address }) => {
      const target: Target = Object.freeze({ host, address, port, ...(network.byName && { byName: true }) })
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

