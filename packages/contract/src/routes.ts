import type { Right } from './meta.ts'

/** The wire's version. It grows by addition; a break is a new major number. */
export const apiVersion = '1.0'

/** One endpoint: `path` lies below the base path, `{id}` stands for a parameter. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** `null`: no caller is needed. */
  readonly right: Right | null
}

/** Every endpoint below the base path: one table for the server, the client and the permission tests. */
export const routes = {
  meta: { method: 'GET', path: '/meta', right: 'read' },
  modes: { method: 'GET', path: '/modes', right: 'read' },
  listGateways: { method: 'GET', path: '/gateways', right: 'read' },
  createGateway: { method: 'POST', path: '/gateways', right: 'write' },
  readGateway: { method: 'GET', path: '/gateways/{id}', right: 'read' },
  saveGateway: { method: 'PUT', path: '/gateways/{id}', right: 'write' },
  deleteGateway: { method: 'DELETE', path: '/gateways/{id}', right: 'write' },
  check: { method: 'POST', path: '/checks', right: 'test' },
  run: { method: 'GET', path: '/runs/{id}', right: 'read' },
  explain: { method: 'POST', path: '/explain', right: 'read' },
  openapi: { method: 'GET', path: '/openapi.json', right: null },
  docs: { method: 'GET', path: '/docs', right: null },
  livez: { method: 'GET', path: '/livez', right: null },
  readyz: { method: 'GET', path: '/readyz', right: null },
} as const satisfies Record<string, Route>

/** Name of an endpoint in `routes`. */
export type RouteName = keyof typeof routes

/** Header every call but GET carries, so that a plain form of another site cannot make it. */
export const callHeader = 'x-mail-gateway'

/**
 * Header of POST /gateways and POST /checks: the id of the new gateway or run, 22 to 64 random characters of the caller's own.
 * Where an answer was lost, the same call with the same id gives the same answer, and one gateway or one test email: browsers ask
 * again by themselves where a kept connection dies. (PUT needs none: If-Match does it.)
 */
export const repeatHeader = 'idempotency-key'

/** A route's path with its parameters filled in. */
export const pathOf = (name: RouteName, params: Readonly<Record<string, string>> = {}): string =>
  routes[name].path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''))
