import { jsonLines } from '../../ports/json-lines.ts'
import type { LogEvent, Ports } from '../../ports/ports.ts'
import { codeOf } from './errors.ts'

/** What the standard streams of a process are used for here. */
type Out = Pick<NodeJS.WriteStream, 'write' | 'writableLength' | 'on'>

/** Bytes of log that may wait for a reader that does not keep up. */
const most = 1024 * 1024

/**
 * JSON lines on a standard stream. Its reader may leave (EPIPE), its file may find no space (ENOSPC), and nobody may read any
 * more at all; the process goes on without it. How many lines were lost is said in the first one that gets through again, `log.lost`.
 * @param say told once that lines are being lost, and why
 */
export const lastingLog = (out: Out, level: LogEvent['level'], say: (why: string) => void = () => {}): Ports['log'] => {
  let lost = 0
  const lose = (why: string): void => {
    lost += 1
    if (lost === 1) say(why)
  }
  const regain = (): void => {
    if (!lost || out.writableLength > most / 2) return
    const lines = lost
    lost = 0
    log({ level: 'warn', event: 'log.lost', fields: { lines } })
  }
  outlive(out)
  const log = jsonLines({
    write(text) {
      if (out.writableLength > most) return lose('its reader does not keep up')
      out.write(text, (error) => (error ? lose(codeOf(error)) : regain()))
    },
  }, level)
  return log
}

/** Keeps what happens to a stream from ending the process: the callbacks of its writes hear of it. */
export const outlive = (stream: Pick<Out, 'on'>): void => void stream.on('error', () => {})
