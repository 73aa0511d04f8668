import { optionsFrom, toWorker } from '@mail-gateway/bff/workers'

export default toWorker((env) => optionsFrom(env))
