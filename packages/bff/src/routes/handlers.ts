import { repeatHeader } from '@mail-gateway/contract'
import type { RouteName } from '@mail-gateway/contract'
import type { Call } from '../access/call.ts'
import { lineStream } from '../checks/stream.ts'
import type { Api } from '../gateways/api.ts'
import { readJson, shaped } from './body.ts'
import { checkBody, draftBody, explainBody } from '../openapi/requests.ts'
import { etagOf, revisionsIn, streamHeaders, wantedId } from './headers.ts'
import type { PublicPages } from './public.ts'

/** One request whose caller is known and may do this. */
export interface Asked {
  readonly request: Request
  readonly call: Call
  /** From the path, empty where there is none. */
  readonly id: string
}

type Handler = (asked: Asked) => Promise<Response>
type PublicName = 'openapi' | 'docs' | 'livez' | 'readyz'

/** HTTP in, HTTP out; decisions are made in the use cases. An endpoint without an entry does not compile. */
export const handlersFor = (api: Api): Record<Exclude<RouteName, PublicName>, Handler> => ({
  meta: async ({ call }) => Response.json(await api.meta(call)),
  modes: async ({ call }) => Response.json(await api.modes(call), { headers: { 'content-language': 'en' } }),
  listGateways: async ({ call }) => Response.json(await api.listGateways(call)),
  createGateway: async ({ call, request }) => {
    const wanted = wantedId(request.headers.get(repeatHeader))
    const view = await api.createGateway(call, shaped(draftBody, await readJson(request)), wanted)
    return Response.json(view, { status: 201, headers: { etag: etagOf(view.revision) } })
  },
  readGateway: async ({ call, id }) => {
    const view = await api.readGateway(call, id)
    return Response.json(view, { headers: { etag: etagOf(view.revision) } })
  },
  saveGateway: async ({ call, id, request }) => {
    const draft = shaped(draftBody, await readJson(request))
    const view = await api.saveGateway(call, id, draft, revisionsIn(request.headers.get('if-match')))
    return Response.json(view, { headers: { etag: etagOf(view.revision) } })
  },
  deleteGateway: async ({ call, id, request }) => {
    await api.deleteGateway(call, id, revisionsIn(request.headers.get('if-match')))
    return new Response(null, { status: 204 })
  },
  check: async ({ call, request }) => {
    const { runId, events } = await api.check(call, shaped(checkBody, await readJson(request)), wantedId(request.headers.get(repeatHeader)))
    // A reader that hangs up is noticed here at once, where cancelling the stream may wait for the next write.
    call.signal?.addEventListener('abort', () => void events.return(), { once: true })
    return new Response(lineStream(events), { headers: { ...streamHeaders, 'x-run-id': runId } })
  },
  run: async ({ call, id }) => Response.json(await api.run(call, id)),
  explain: async ({ call, request }) => Response.json(await api.explain(call, shaped(explainBody, await readJson(request))), { headers: { 'content-language': 'en' } }),
})

/** Endpoints that need no caller. */
export const publicHandlersFor = (pages: PublicPages): Record<PublicName, () => Promise<Response>> => ({
  openapi: pages.openapi,
  docs: pages.docs,
  livez: async () => Response.json({ status: 'ok' }),
  readyz: pages.readyz,
})

export const isPublic = (name: RouteName): name is PublicName => ['openapi', 'docs', 'livez', 'readyz'].includes(name)
