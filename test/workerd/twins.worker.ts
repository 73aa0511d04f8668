// The gateway as a Worker whose look for a run nobody knows is held up until the outside lets go: so two of them look at one moment.
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'
import type { Store } from '@mail-gateway/bff'

export default toWorker((env: Readonly<Record<string, unknown>>) => {
  const options = optionsFrom(env, (request) => {
    const tenant = request.headers.get('x-tenant')
    return tenant ? { subject: 'u-1', name: 'Ada', email: 'ada@acme.example', tenant, rights: ['read', 'write', 'test'] } : null
  })
  const real = options.ports.store
  const getRun: Store['getRun'] = async (...about) => {
    const run = await real.getRun(...about)
    if (!run) await (await fetch(String(env['HELD_AT']))).text()
    return run
  }
  return { ...options, ports: { ...options.ports, store: { ...real, getRun } } }
})
