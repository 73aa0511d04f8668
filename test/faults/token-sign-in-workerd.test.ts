// Signing in with a token in workerd: the same rows against the same servers.
import { after, before } from 'node:test'
import { certificates } from '../peers/microsoft.ts'
import { workerdSeat } from './mail-seats.ts'
import type { OpenSeat } from './mail-seats.ts'
import { standTokensOn, startTokenStage, warmToken } from './token-stand.ts'
import type { TokenStage } from './token-stand.ts'

let stage: TokenStage
let seat: OpenSeat
before(async () => {
  stage = await startTokenStage()
  seat = await workerdSeat({ ca: certificates.ca, clouds: [stage.cloud] })
  await warmToken(seat, stage)
})
after(async () => { await Promise.all([seat?.close(), stage?.close()]) })

standTokensOn('workerd', () => seat, () => stage)
