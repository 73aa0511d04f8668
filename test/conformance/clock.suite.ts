// `clock`: the time of day, and one that only grows.
import type { Subject } from './subject.ts'
import { holds, pause } from './suite.ts'
import type { Suite } from './suite.ts'

export const clockSuite: Suite<Subject> = {
  'now is milliseconds since 1970, as the outside has it': async ({ ports }, world) => {
    const apart = Math.abs(await world.now() - ports.clock.now())
    holds(apart < 5_000, `the clocks are ${apart} ms apart`)
  },
  'elapsed never goes back': async ({ ports }, world) => {
    let last = ports.clock.elapsed()
    for (let n = 0; n < 5_000; n++) {
      if (n % 2_500 === 0) await world.now()
      const now = ports.clock.elapsed()
      holds(now >= last, `${now} comes after ${last}`)
      last = now
    }
  },
  'elapsed grows with the time that passes while something is waited for': async ({ ports }) => {
    const began = ports.clock.elapsed()
    await pause(120)
    const took = ports.clock.elapsed() - began
    holds(took >= 100 && took < 5_000, `${took} ms of 120`)
  },
}
