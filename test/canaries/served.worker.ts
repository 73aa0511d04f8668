// The gateway as a Worker that knows its callers by bearer tokens, as `mail-gateway serve` does.
import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'

export default toWorker((env) => optionsFrom(env))
