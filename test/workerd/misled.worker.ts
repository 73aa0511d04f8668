// A host whose `authorize` is as the caller makes it: it answers with the JSON of a header.
import type { Caller } from '@mail-gateway/bff'
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'

export default toWorker((env) => optionsFrom(env, (request) => JSON.parse(request.headers.get('x-says') ?? 'null') as Caller | null))
