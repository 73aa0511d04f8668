import { randomUUID } from 'node:crypto'
import { errorBody } from './entra.ts'
import type { Answer, Fate } from './fates.ts'
import { graphError } from './graph.ts'

/** An answer of Entra's: status, OAuth error, AADSTS number and sentence, with trace and correlation ids of its own. */
export const entraSays = (status: number, error: string, code: number, text: string): Fate => ({ headers }) =>
  ({ status, body: errorBody(`https://${headers['host'] ?? ''}`, error, code, text, headers['client-request-id']) })

/** An answer of Graph's, with the ids its support asks for. */
export const graphSays = (status: number, code: string, message: string, more: Readonly<Record<string, string>> = {}): Fate => ({ headers }) => {
  const [client, request] = [headers['client-request-id'] ?? randomUUID(), randomUUID()]
  return { status, headers: { 'request-id': request, 'client-request-id': client, ...more }, body: graphError(code, message, client, request) }
}

/** A portal that stands between us and Microsoft. */
export const portalPage: Answer = {
  status: 200, headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><html><head><title>Guest network</title></head><body><h1>Sign in to use the internet</h1><form action="/login"></form></body></html>',
}

export const unavailable: Answer = { status: 503, headers: { 'content-type': 'text/html' }, body: '<html><body><h1>Service Unavailable</h1></body></html>' }
