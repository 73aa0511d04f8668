// The same at the edge, in workerd on D1: a record whose revision is lost is damaged alone, and can be deleted or entered again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { GatewayView } from '@mail-gateway/contract'
import { startGateway } from '../workerd/gateway.ts'
import type { EdgeGateway } from '../workerd/gateway.ts'
import { anyDraft } from '../wire/lab.ts'

let gateway: EdgeGateway
before(async () => { gateway = await startGateway() })
after(() => gateway?.close())

/** As SQL writes them. */
const noRevisions = ["'seven'", '1.5', '0', '1152921504606846976', "x'37'"]

const change = (method: string, id: string, revision: string, body?: unknown): Promise<Response> => gateway.fetch(`/api/mail-gateway/gateways/${id}`, {
  method, headers: { origin: 'https://console.example.com', 'x-tenant': 'hurt', 'content-type': 'application/json', 'x-mail-gateway': '1', 'if-match': revision }, ...(body !== undefined && { body: JSON.stringify(body) }),
})

const list = async (): Promise<readonly GatewayView[]> => ((await (await gateway.call('GET', '/gateways', undefined, 'hurt')).json()) as { gateways: GatewayView[] }).gateways

for (const value of noRevisions) {
  test(`fault F80: at the edge a revision that is ${value}: that gateway alone is unreadable, and can be entered again and deleted`, async () => {
    const database = await gateway.miniflare.getD1Database('DB')
    const made = await (await gateway.call('POST', '/gateways', anyDraft({ name: 'hurt' }), 'hurt')).json() as GatewayView
    const other = await (await gateway.call('POST', '/gateways', anyDraft({ name: 'whole' }), 'hurt')).json() as GatewayView
    const damage = () => database.prepare(`UPDATE gateway SET revision = ${value} WHERE id = ?`).bind(made.id).run()
    await damage()
    const seen = await list()
    assert.deepEqual(seen.map(({ name, status }) => [name, status.evidence?.['code']]), [['hurt', 'settings.unreadable'], ['whole', undefined]])
    assert.equal((await change('PUT', made.id, '"1"', anyDraft({ name: 'older page' }))).status, 412)
    assert.equal((await change('PUT', made.id, '"0"', anyDraft({ name: 'again' }))).status, 200)
    assert.deepEqual((await list()).map(({ name, status }) => [name, status.state]), [['again', 'unverified'], ['whole', 'unverified']])
    await damage()
    assert.equal((await change('DELETE', made.id, '"0"')).status, 204)
    assert.equal((await change('DELETE', other.id, '"1"')).status, 204)
  })
}
