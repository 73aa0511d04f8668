import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Milliseconds a program of the bench may take for one answer. */
const patience = 30_000

interface Answer { readonly id: number; readonly value?: unknown; readonly error?: string }

/** A program of the bench in a process of its own, so that it takes no turn from the side being measured. */
export class Program {
  readonly #child: ChildProcess
  readonly #open = new Map<number, (answer: Answer) => void>()
  #id = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (answer: Answer) => this.#open.get(answer.id)?.(answer))
    child.once('exit', (code) => { for (const settle of this.#open.values()) settle({ id: 0, error: `ended with ${code}` }) })
  }

  /** Starts a file beside the bench with the options of this process; resolves when it can be asked. */
  static async start(file: URL): Promise<Program> {
    const child = fork(file, { serialization: 'advanced' })
    const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]) as [unknown]
    if (first !== 'ready') throw new Error(`${file.pathname} did not start`)
    return new Program(child)
  }

  get pid(): number { return this.#child.pid! }

  /** @throws what the program threw, by its message, and when no answer came within 30 s */
  ask<T>(what: string, value?: unknown): Promise<T> {
    const id = ++this.#id
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#open.get(id)?.({ id, error: `no answer to ${what}` }), patience)
      this.#open.set(id, ({ value, error }) => {
        clearTimeout(timer)
        this.#open.delete(id)
        if (error) reject(new Error(error))
        else resolve(value as T)
      })
      this.#child.send({ id, what, value })
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill()
    await gone
  }
}

type Handlers = Readonly<Record<string, (value: never) => unknown>>

/** The other end: answers what `Program.ask` asks, and ends with whoever started it. */
export const answerTo = (handlers: Handlers): void => {
  const answer = async ({ id, what, value }: { id: number; what: string; value: unknown }): Promise<Answer> => {
    try {
      return { id, value: await handlers[what]?.(value as never) }
    } catch (error) {
      return { id, error: (error as Error).message }
    }
  }
  process.on('message', (question: { id: number; what: string; value: unknown }) => { void answer(question).then((reply) => process.send?.(reply)) })
  process.once('disconnect', () => process.exit())
  process.send?.('ready')
}

/** Milliseconds of the machine's monotonic clock: the same in every process of one machine. */
export const clock = (): number => Number(process.hrtime.bigint() / 1000n) / 1000
