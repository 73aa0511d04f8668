// The suites in Node, against servers of this process.
import { after, before, test } from 'node:test'
import { nodePorts } from '../../packages/bff/src/node.ts'
import { nodeTraits } from './node.traits.ts'
import { startOutside } from './outside.ts'
import type { Outside } from './outside.ts'
import type { Subject } from './subject.ts'
import { nothingLeft } from './suite.ts'
import { suites } from './suites.ts'
import { worldAt } from './world.ts'
import type { World } from './world.ts'

let logged = ''
let outside: Outside
let world: World

/** What this process writes on its standard error is what the adapter logs; it is read and passed on. */
const { write } = process.stderr
process.stderr.write = ((...given: Parameters<typeof write>) => {
  logged += String(given[0])
  return write.apply(process.stderr, given)
}) as typeof write

const subject: Subject = { ports: nodePorts({ store: 'memory:' }), traits: nodeTraits }

before(async () => {
  outside = await startOutside({ logged: () => logged })
  world = await worldAt(outside.url)
})
after(() => outside.close())

for (const [port, suite] of Object.entries(suites)) for (const [name, run] of Object.entries(suite)) {
  test(`[node] ${port}: ${name}`, async () => {
    await run(subject, world)
    await nothingLeft(world)
  })
}
