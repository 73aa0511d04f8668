// The gateway as a Worker for tests: whoever calls says which tenant it speaks for.
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'

export default toWorker((env) => optionsFrom(env, (request) => {
  const tenant = request.headers.get('x-tenant')
  return tenant ? { subject: 'u-1', name: 'Ada', email: 'ada@acme.example', tenant, rights: ['read', 'write', 'test', 'send', 'share'] } : null
}))
