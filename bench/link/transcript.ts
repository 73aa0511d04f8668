import type { Passage, Recording } from './link.ts'

/**
 * Round trips until the answers were there: one for TCP's handshake on each connection, and one for every time the
 * client then had to wait for the server. `done` are the moments at which the caller had an answer, one per connection.
 */
export const roundTrips = ({ opened, passages }: Recording, done: readonly number[]): number =>
  opened.map(({ connection }, n) => 1 + waits(of(passages, connection), done[n] ?? Infinity).length).reduce((sum, one) => sum + one, 0)

const of = (passages: readonly Passage[], connection: number): Passage[] => passages.filter((passage) => passage.connection === connection)

/** The passages with which the server begins to speak, before `done`. What follows, a goodbye, nobody waits for. */
const waits = (passages: readonly Passage[], done: number): Passage[] =>
  passages.filter(({ from, at }, n) => from === 'server' && at <= done && passages[n - 1]?.from !== 'server')

/** A conversation for reading: what went in clear as text, what was encrypted as TLS records with their lengths. */
export const written = ({ opened, passages }: Recording, done: readonly number[]): string => {
  const origin = opened[0]?.at ?? 0
  return opened.flatMap(({ connection, at }, n) => {
    const own = of(passages, connection)
    const counted = waits(own, done[n] ?? Infinity)
    const readers = { client: new Reader(), server: new Reader() }
    const lines = own.map((passage) => {
      const trip = counted.includes(passage) ? `round trip ${counted.indexOf(passage) + 2}` : ''
      return { at: passage.at, text: `${passage.from === 'client' ? 'C>' : '<S'} ${String(passage.bytes.length).padStart(6)} B  ${trip.padEnd(14)}${readers[passage.from].read(passage.bytes)}` }
    })
    const dialled = { at, text: 'client dials: round trip 1 is TCP’s handshake' }
    const answered = { at: done[n] ?? Infinity, text: `the caller has its answer: ${counted.length + 1} round trips on this connection` }
    const told = [dialled, ...lines, answered].sort((a, b) => a.at - b.at)
    return [`connection ${n + 1}`, ...told.map((line) => `${(line.at - origin).toFixed(1).padStart(8)} ms  ${line.text}`), '']
  }).join('\n')
}

const kinds: Readonly<Record<number, string>> = { 20: 'change cipher spec', 21: 'alert', 22: 'handshake', 23: 'encrypted' }
const header = 5

/** Reads one direction: text until the first TLS record (RFC 8446 section 5.1), records from there on. */
class Reader {
  #encrypted = false
  #rest: Uint8Array = new Uint8Array()

  read(bytes: Uint8Array): string {
    this.#encrypted ||= bytes[0] === 22 && bytes[1] === 3
    return this.#encrypted ? this.#records(bytes).join(', ') : new TextDecoder('latin1').decode(bytes).trimEnd().replace(/\r?\n/g, ' | ')
  }

  #records(bytes: Uint8Array): string[] {
    const found: string[] = []
    let all: Uint8Array = Buffer.concat([this.#rest, bytes])
    while (all.length >= header) {
      const length = all[3]! * 256 + all[4]!
      if (all.length < header + length) break
      found.push(`TLS ${kinds[all[0]!] ?? all[0]} ${length}`)
      all = all.subarray(header + length)
    }
    this.#rest = all
    return found.length ? found : ['TLS (part of a record)']
  }
}
