import type { Deployment } from '../gateways/deployment.ts'
import { open, seal } from '../settings/seal.ts'
import { factsOf } from '../settings/discretion.ts'
import { docsPage } from '../openapi/docs.ts'
import { openApi } from '../openapi/openapi.ts'

export interface PublicPages {
  openapi(): Promise<Response>
  docs(): Promise<Response>
  readyz(): Promise<Response>
}

export const publicPages = (deployment: Deployment, address: string): PublicPages => {
  const document = openApi(deployment.modes, address)
  const page = docsPage(document)
  const ready = readiness(deployment)
  return {
    openapi: async () => Response.json(document),
    docs: async () => {
      const { html, policy } = await page
      return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'cross-origin-opener-policy': 'same-origin' } })
    },
    readyz: async () => {
      const isReady = await ready()
      return Response.json({ status: isReady ? 'ok' : 'unavailable' }, { status: isReady ? 200 : 503 })
    },
  }
}

/** Store, keys and clock answer. What does not is told to the log only: the page is open to everybody, so that it must cost little. */
const readiness = (deployment: Deployment): (() => Promise<boolean>) => {
  const { store, keyring, clock, log } = deployment
  return async () => {
    try {
      await store.ready()
      const wrong = await deployment.wrongKeys()
      if (wrong) throw new Error(`the option secrets ${wrong}`)
      const place = { tenant: '', gateway: '', field: '', mode: '', destination: [] }
      if (await open(await seal('ready', place, keyring), place, keyring) !== 'ready') throw new Error('the sealing key does not open what it sealed')
      if (clock.now() < Date.UTC(2026, 0)) throw new Error('the clock is before 2026')
      return true
    } catch (error) {
      log({ level: 'error', event: 'not-ready', fields: factsOf(error) })
      return false
    }
  }
}
