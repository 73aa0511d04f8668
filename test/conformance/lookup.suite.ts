// `network.lookup`: every address of a name, codes for what cannot be answered, and the signal.
import { never } from './socket.suite.ts'
import type { Subject } from './subject.ts'
import { fails, holds, pause, same, within } from './suite.ts'
import type { Suite } from './suite.ts'

const look = ({ ports }: Subject, host: string, signal: AbortSignal = never) => within(ports.network.lookup(host, signal), `the addresses of ${host}`)

export const lookupSuite: Suite<Subject> = {
  'every address of a name, each with its family': async (subject) => {
    const { host, addresses } = subject.traits.names.known
    const found = await look(subject, host)
    for (const address of addresses) holds(found.some((one) => one.address === address), `${address} is among ${JSON.stringify(found)}`)
    for (const { address, family } of found) same(family, address.includes(':') ? 6 : 4, `family of ${address}`)
  },
  'an address stands for itself, of either family': async (subject) => {
    same(await look(subject, '192.0.2.77'), [{ address: '192.0.2.77', family: 4 }])
    same(await look(subject, '2001:db8::77'), [{ address: '2001:db8::77', family: 6 }])
  },
  'localhost is loopback and nothing else (RFC 6761 section 6.3)': async (subject) => {
    const found = await look(subject, 'localhost')
    holds(found.length > 0 && found.every(({ address }) => address.startsWith('127.') || address === '::1'), `loopback: ${JSON.stringify(found)}`)
  },
  'a name that does not exist is an error with the code the resolver has for it': async (subject) => {
    const { code } = await fails(look(subject, subject.traits.names.missing), 'looking up a name that does not exist')
    // Where nobody is there to be asked, that is the truth.
    holds(['ENOTFOUND', 'EAI_AGAIN'].includes(code ?? ''), `its code is ${code}`)
  },
  'a name without an address is as good as none': async (subject) => {
    const { bare, missing } = subject.traits.names
    const { code } = await fails(look(subject, bare ?? missing), 'looking up a name without an address')
    holds(['ENODATA', 'ENOTFOUND', 'EAI_AGAIN'].includes(code ?? ''), `its code is ${code}`)
  },
  'a resolver that cannot answer is told apart from a name that does not exist': async (subject) => {
    const { broken, missing } = subject.traits.names
    if (broken) same((await fails(look(subject, broken), 'asking a resolver that is down')).code, 'EAI_AGAIN')
    holds((await fails(look(subject, missing), 'a missing name')).code !== undefined, 'a missing name has a code')
  },
  'given up before it began, it fails with the signal’s reason': async (subject) => {
    const reason = new Error('nobody listens any more')
    same((await fails(look(subject, subject.traits.names.known.host, AbortSignal.abort(reason)), 'a lookup given up before')).error === reason, true, 'it is the signal’s reason')
  },
  'given up while it waits, it fails with the signal’s reason at once': async (subject) => {
    const [abort, reason] = [new AbortController(), new Error('too slow')]
    const { silent, missing } = subject.traits.names
    const looking = look(subject, silent ?? missing, abort.signal)
    if (silent) await pause(60)
    abort.abort(reason)
    same((await fails(looking, 'a lookup given up', 300)).error === reason, true, 'it is the signal’s reason')
  },
}
