import type { Hono } from 'hono'
import { createAudit } from './access/audit.ts'
import { createCalls } from './access/calls.ts'
import { createRate } from './access/rate.ts'
import { decide } from './config/options.ts'
import type { Decided, MailGatewayOptions } from './config/options.ts'
import { createApi } from './gateways/api.ts'
import type { Api } from './gateways/api.ts'
import type { Deployment } from './gateways/deployment.ts'
import { openApi } from './openapi/openapi.ts'
import type { OpenApiDocument } from './openapi/openapi.ts'
import { createEgress } from './ports/egress-gate.ts'
import { rememberedWrongKeys } from './gateways/keys.ts'
import { rotateAll } from './gateways/rotate.ts'
import type { Rotated } from './gateways/rotate.ts'
import { sweepStore } from './gateways/sweep.ts'
import { createApp } from './routes/app.ts'
import { createDiscretion } from './settings/discretion.ts'
import { createVault } from './settings/vault.ts'
import { inTime, patient, through } from './store/patience.ts'

/** A runtime that ends with the answer unless it is told what goes on behind it. */
export interface Background {
  waitUntil(work: Promise<unknown>): void
}

/** As Workers call it; Node's servers leave the rest out, or give what is theirs. */
type Handler = (request: Request, environment?: unknown, background?: Background) => Promise<Response>

/** The assembled backend-for-frontend. */
export interface MailGateway {
  /** Answers a request, with or without the base path in front. On Workers, hand on the context: it lets a check end that nobody follows any more. */
  readonly fetch: Handler
  /** The same under the name other libraries use. */
  readonly handler: Handler
  /** For Hono hosts: `host.route('/api/mail-gateway', gateway.app)`. */
  readonly app: Hono
  /** The use cases without HTTP. Once the gateway is closed, all throw `Refusal` `service.closed`, as every route answers. */
  readonly api: Omit<Api, 'close'>
  openapi(): OpenApiDocument
  /** Forgets ended tokens, and runs and test counts older than a month. Happens by itself beside the work; for a clock that rings. */
  sweep(): Promise<void>
  /**
   * Compares the sealing keys with what they sealed; reads only. Another key must not be found out secret by secret.
   * Where they are others, that is remembered for 30 seconds.
   * @returns what is wrong, for whoever set them; undefined where all is well
   */
  wrongKeys(): Promise<string | undefined>
  /**
   * Seals everything stored anew with the first key, as `mail-gateway rotate` does; where nothing is left, the others may
   * go. May be broken off, called again, and called beside the work.
   * @throws OptionsError where the keys open nothing of what is stored; StoreFault
   */
  rotate(): Promise<Rotated>
  /**
   * Takes no more calls, ends running checks as unproven, waits until that is stored and every call under way has its answer,
   * the latter for 5 seconds at most, and closes the store.
   */
  close(): Promise<void>
}

/**
 * Puts the parts together; the one place where they meet.
 * @throws OptionsError with every option that does not hold, at once
 */
export const createMailGateway = (options: MailGatewayOptions): MailGateway => {
  const decided = decide(options)
  const deployment = deploymentFrom(options, decided)
  const api = createApi(deployment)
  const calls = createCalls()
  const app = createApp(deployment, api, { ...decided, authorize: options.authorize, calls })
  const handler: Handler = async (request, _environment, background) =>
    app.fetch(request, {}, background && { waitUntil: (work) => background.waitUntil(work), passThroughOnException() {}, props: {} })
  return {
    fetch: handler, handler, app, api: through(api, calls.take),
    openapi: () => openApi(decided.modes, decided.origin + decided.basePath),
    sweep: () => calls.take(() => sweepStore(deployment)),
    wrongKeys: deployment.wrongKeys,
    rotate: () => calls.take(() => rotateAll(deployment)),
    async close() {
      const answered = inTime(calls.close()).catch(() => {})
      await api.close()
      await answered
      await deployment.store.close()
    },
  }
}

/** As many as checks: each of those is a comparison too, which the mail server makes. */
const comparisonsPerMinute = 30

const deploymentFrom = (options: MailGatewayOptions, { origin, basePath, keyring, productName, modes, clouds, policy, egress }: Decided): Deployment => {
  const { network, mail, clock, capabilities, shared = false } = options.ports
  const store = patient(options.ports.store)
  const discretion = createDiscretion()
  const write = options.log ?? ((event) => options.ports.log(event))
  const log: Deployment['log'] = (event) => write(discretion.veil(event))
  const gate = createEgress(network, egress, log, capabilities)
  const comparisons = createRate(comparisonsPerMinute, 60_000, clock.elapsed)
  return {
    store, clock, capabilities, shared, modes, clouds, keyring, policy, productName, discretion, log,
    portsFor: (tenant, conceal) => ({ mail, clock, capabilities, egress: gate, tokens: createVault({ store, keyring, clock, tenant }), conceal }),
    wrongKeys: rememberedWrongKeys({ store, keyring, modes, log }, clock.elapsed),
    mayCompare: (tenant) => comparisons.take(tenant) === 0,
    docs: `${origin}${basePath}/docs`,
    audit: createAudit(options.onEvent, () => clock.now(), log),
  }
}
