// `capabilities`: a flag is true exactly when the thing works. What own authorities, the least version and details of a
// handshake do is tried in `tls.suite.ts`, by the same flags, either way.
import { open } from './socket.suite.ts'
import type { Subject } from './subject.ts'
import { fails, holds, same } from './suite.ts'
import type { Suite } from './suite.ts'

export const capabilitiesSuite: Suite<Subject> = {
  'every flag is declared, true or false': async ({ ports }) => {
    same(Object.entries(ports.capabilities).map(([name, value]) => `${name} ${typeof value}`).sort(), ['customCa', 'port25', 'privateNetwork', 'tlsDetail', 'tlsVersion'].map((name) => `${name} boolean`))
  },
  'private hosts are reached where the flag says so; where only production can tell, the careful answer is declared': async (subject, world) => {
    const { ports: { capabilities }, traits } = subject
    if (traits.untried.includes('privateNetwork')) return same(capabilities.privateNetwork, false, 'privateNetwork')
    const peer = await world.peer({ say: '220' })
    const attempt = open(subject, peer)
    if (capabilities.privateNetwork) (await attempt).destroy()
    else holds((await fails(attempt, 'reaching a private host')).code, 'it has a code')
  },
  'port 25 is not refused by the runtime where the flag says so; where only production can tell, the careful answer is declared': async (subject) => {
    const { ports: { capabilities }, traits } = subject
    if (traits.untried.includes('port25')) return same(capabilities.port25, false, 'port25')
    const outcome = await open(subject, { port: 25 }).then((socket) => { socket.destroy(); return 'open' }, ({ code }: { code?: string }) => code)
    same(outcome === 'open' || outcome === 'ECONNREFUSED', capabilities.port25, `port 25 of this machine answers like every other: ${outcome}`)
  },
  'a connection goes to the vetted literal unless `byName` says that it goes to the name': async (subject, world) => {
    const { ports: { network } } = subject
    const peer = await world.peer({ say: '220' })
    // The literal is right and the name is not: only who uses the literal gets there.
    const attempt = network.connect({ host: 'nowhere.invalid', address: '127.0.0.1', port: peer.port }, AbortSignal.timeout(5_000))
    if (network.byName) return void await fails(attempt, 'connecting by a name that does not exist')
    ;(await attempt).destroy()
  },
}
