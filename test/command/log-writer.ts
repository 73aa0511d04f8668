// Writes 4,000 lines of a kilobyte while nobody reads, and one more when standard input ends.
import { lastingLog } from '../../packages/bff/src/adapters/node/lasting-log.ts'

const log = lastingLog(process.stdout, 'info', () => process.stderr.write('log lines are lost\n'))
let most = 0
for (let n = 0; n < 4_000; n++) {
  log({ level: 'info', event: 'filler', fields: { text: 'x'.repeat(1_000) } })
  most = Math.max(most, process.stdout.writableLength)
}
process.stderr.write(`most ${most}\n`)
process.stdin.on('end', () => log({ level: 'info', event: 'last' })).resume()
