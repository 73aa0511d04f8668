import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from './gateway/load.ts'
import { listed } from './gateway/account.ts'
import { load } from './gateway/load.ts'
import { Program } from './process.ts'
import { spread } from './report.ts'
import type { Result } from './report.ts'
import { median } from './statistics.ts'

const [rounds, roundMs, warmMs] = [7, 1500, 1500]

interface Side {
  readonly program: Program
  readonly address: Address
  /** Requests per second, and microseconds of processor time per request, of each round. */
  readonly rates: number[]
  readonly costs: number[]
}

/** `GET /gateways` of the gateway against a bare Hono route that answers the same JSON. */
export const gateways = async (out: string): Promise<Result> => {
  const folder = await mkdtemp(join(out, 'gateways-'))
  const programs = await Promise.all(['gateway/server.ts', 'gateway/bare.ts'].map((file) => Program.start(new URL(file, import.meta.url)))) as [Program, Program]
  try {
    const ours = side(programs[0], await programs[0].ask<Address>('open', join(folder, 'gateways.db')))
    const body = await bodyOf(ours.address)
    const peer = side(programs[1], await programs[1].ask<Address>('open', body))
    for (const one of [ours, peer]) await load(one.address, { ms: warmMs })
    for (let round = 0; round < rounds; round++) for (const one of round % 2 ? [peer, ours] : [ours, peer]) await measure(one)
    return result(ours, peer, JSON.stringify(body).length)
  } finally {
    await Promise.all(programs.map((program) => program.stop()))
    await rm(folder, { recursive: true })
  }
}

const side = (program: Program, address: Address): Side => ({ program, address, rates: [], costs: [] })

const bodyOf = async ({ port, path, headers }: Address): Promise<{ gateways: readonly unknown[] }> => {
  const body = await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).json() as { gateways: readonly unknown[] }
  if (body.gateways.length !== listed) throw new Error(`the list holds ${body.gateways.length} gateways`)
  return body
}

const measure = async ({ program, address, rates, costs }: Side): Promise<void> => {
  const before = await program.ask<number>('processor')
  const { answered, ms } = await load(address, { ms: roundMs })
  const used = await program.ask<number>('processor') - before
  rates.push((answered * 1000) / ms)
  costs.push((used * 1000) / answered)
}

const result = (ours: Side, peer: Side, bytes: number): Result => ({
  title: `GET /gateways, ${listed} gateways, ${(bytes / 1024).toFixed(1)} KiB of JSON`, peer: 'bare Hono route, same JSON from memory',
  rows: [
    { what: 'requests per second', unit: '1/s', ours: spread(ours.rates), peer: spread(peer.rates), ratio: median(ours.rates) / median(peer.rates) },
    { what: 'processor time per request', unit: 'µs', ours: spread(ours.costs), peer: spread(peer.costs), ratio: median(ours.costs) / median(peer.costs) },
  ],
  notes: [
    `median of ${rounds} rounds of ${roundMs} ms each, in turns, HTTP/1.1 on loopback, 8 connections with one request each; each server is a process of its own, both run @hono/node-server`,
    'ours finds out who calls by the hash of a token, reads SQLite, leaves secrets out, sets the safety headers and makes a log line; the peer does nothing of that',
    'where the machine has few processors the load itself takes part of them: the processor time does not suffer from that',
  ],
})
