import { request } from 'node:https'
import type { DemoCloud } from './index.ts'
import { Wire } from '../wire.testing.ts'

/** What a client of Microsoft's services hears. */
export interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly body: Record<string, unknown>
}

interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly ms?: number
}

const parse = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** One https request whose certificate is verified against the sandbox's authority. */
export const ask = (ca: string, url: string, { method = 'GET', headers = {}, body = '', ms = 5000 }: Ask = {}): Promise<Heard> => new Promise((resolve, reject) => {
  const asked = request(url, { ca, method, headers, signal: AbortSignal.timeout(ms), agent: false }, (answer) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (piece: string) => { text += piece })
    answer.on('end', () => { resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parse(text) }) })
    answer.on('error', reject)
  })
  asked.on('error', reject)
  asked.end(body)
})

export interface Wanted {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
  readonly ms?: number
}

export const askToken = (ca: string, { authority }: DemoCloud, { tenantId, clientId, clientSecret, scope, ms }: Wanted): Promise<Heard> =>
  ask(ca, `${authority}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, ...(ms && { ms }),
    body: String(new URLSearchParams({ client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', scope })),
  })

export const askGraph = (ca: string, { graph }: DemoCloud, from: string, token: string, body: string, type = 'application/json', ms?: number): Promise<Heard> =>
  ask(ca, `${graph}/v1.0/users/${encodeURIComponent(from)}/sendMail`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': type }, body, ...(ms && { ms }) })

/** At Microsoft's mail server, encrypted, EHLO answered. */
export const atExchange = async (ca: string, { smtpPort }: DemoCloud): Promise<{ readonly wire: Wire; readonly extensions: string }> => {
  const wire = await Wire.plain(smtpPort)
  await wire.reply()
  await wire.ask('EHLO test')
  await wire.ask('STARTTLS')
  await wire.encrypt({ ca })
  return { wire, extensions: await wire.ask('EHLO test') }
}

export const xoauth2 = (user: string, token: string): string => `AUTH XOAUTH2 ${Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64')}`
