// Every suite but the store's, by the name of its port or mode.
import { modes } from '../../packages/bff/src/modes/index.ts'
import { capabilitiesSuite } from './capabilities.suite.ts'
import { clockSuite } from './clock.suite.ts'
import { logSuite } from './log.suite.ts'
import { lookupSuite } from './lookup.suite.ts'
import { mailSuite } from './mail.suite.ts'
import { modeSuite } from './mode.suite.ts'
import { requestSuite } from './request.suite.ts'
import { socketSuite } from './socket.suite.ts'
import type { Subject } from './subject.ts'
import type { Suite } from './suite.ts'
import { tlsSuite } from './tls.suite.ts'
import type { World } from './world.ts'

/** The modes' suite with one of them for its subject. */
const forMode = (mode: string): Suite<Subject> =>
  Object.fromEntries(Object.entries(modeSuite).map(([name, run]) => [name, (subject: Subject, world: World) => run({ ...subject, mode }, world)]))

export const suites: Readonly<Record<string, Suite<Subject>>> = {
  'network.lookup': lookupSuite,
  'network.connect': socketSuite,
  'RawSocket.startTls': tlsSuite,
  'network.request': requestSuite,
  mail: mailSuite,
  clock: clockSuite,
  log: logSuite,
  capabilities: capabilitiesSuite,
  ...Object.fromEntries(modes.map(({ id }) => [`mode ${id}`, forMode(id)])),
}
