import { clear, equal, good, includes, mount, ok, opened, same, typeAll, world } from './testing/world.testing.ts'

afterEach(clear)

describe('the form', () => {
  it('api F4: nothing is judged on leaving a field; a failed submit judges all; a correction takes its error away', async () => {
    const { harness } = await mount({ attributes: { view: 'edit', 'gateway-id': 'new' } })
    await harness.type('host', '')
    equal(harness.error('host'), '')
    await harness.press('Check and save')
    ok(harness.error('host'), 'an error beside the server')
    await harness.type('host', 'localhost')
    equal(harness.error('host'), '')
    ok(harness.error('from'), 'the other errors stay')
  })
})
