// A Worker that runs one case of a suite and says how it ended. Everything it talks to is outside.
/// <reference path="../../packages/bff/src/adapters/workers/runtime.d.ts" />
import { connect } from 'cloudflare:sockets'
import { workersPorts } from '../../packages/bff/src/workers.ts'
import type { Subject, Traits } from './subject.ts'
import { storeSuite } from './store.suite.ts'
import { suites } from './suites.ts'
import { worldAt } from './world.ts'
import { Untimely } from '../within-time.ts'

/** What is asked of the Worker. */
export interface Wanted {
  readonly suite: string
  readonly name: string
  /** Address of the outside. */
  readonly outside: string
  readonly resolver: string
  readonly traits: Traits
}

interface Bindings {
  readonly DB: { prepare(sql: string): { all(): Promise<{ readonly results: readonly { readonly name: string }[] }> } }
  readonly [name: string]: unknown
}

const subjectOf = (env: Bindings, { resolver, traits }: Wanted): Subject => ({ ports: workersPorts(env, { resolver }), traits })

/** Every case starts with nothing stored. */
const emptied = async (env: Bindings) => {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name <> 'd1_migrations'").all()
  for (const { name } of results) await env.DB.prepare(`DELETE FROM ${name}`).all()
  return workersPorts(env).store
}

const run = async (wanted: Wanted, env: Bindings): Promise<void> => {
  const { suite, name, outside } = wanted
  if (suite === 'store') return storeSuite[name]!(await emptied(env))
  return suites[suite]![name]!(subjectOf(env, wanted), await worldAt(outside))
}

/** Names the certificate's owner at the upgrade, which the platform's production refuses: shows whether the gate is really on. */
const probe = async (port: number): Promise<string> => {
  const socket = connect({ hostname: 'localhost', port }, { secureTransport: 'starttls', allowHalfOpen: false })
  socket.closed.catch(() => {})
  try {
    const upgrade = socket.startTls.bind(socket) as (options: { readonly expectedServerHostname: string }) => typeof socket
    const secure = upgrade({ expectedServerHostname: 'localhost' })
    secure.closed.catch(() => {})
    await secure.opened
    void secure.close().catch(() => {})
    return 'works'
  } catch (error) {
    return String(error)
  }
}

const told = async (work: Promise<unknown>): Promise<Response> => {
  try {
    return Response.json({ ok: true, value: await work })
  } catch (error) {
    return Response.json({ ok: false, untimely: error instanceof Untimely, why: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error) })
  }
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/names') return Response.json({ ...Object.fromEntries(Object.entries(suites).map(([port, suite]) => [port, Object.keys(suite)])), store: Object.keys(storeSuite) })
    if (pathname === '/probe') return told(probe(Number(await request.text())))
    return told(run(await request.json() as Wanted, env))
  },
}
