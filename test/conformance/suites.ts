// Every suite but the store's, by the port's name.
import { capabilitiesSuite } from './capabilities.suite.ts'
import { clockSuite } from './clock.suite.ts'
import { logSuite } from './log.suite.ts'
import { lookupSuite } from './lookup.suite.ts'
import { mailSuite } from './mail.suite.ts'
import { requestSuite } from './request.suite.ts'
import { socketSuite } from './socket.suite.ts'
import type { Subject } from './subject.ts'
import type { Suite } from './suite.ts'
import { tlsSuite } from './tls.suite.ts'

export const suites: Readonly<Record<string, Suite<Subject>>> = {
  'network.lookup': lookupSuite,
  'network.connect': socketSuite,
  'RawSocket.startTls': tlsSuite,
  'network.request': requestSuite,
  mail: mailSuite,
  clock: clockSuite,
  log: logSuite,
  capabilities: capabilitiesSuite,
}
