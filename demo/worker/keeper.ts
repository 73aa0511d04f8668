import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

// Runs a program and what it starts as one group of processes, and ends all of them when it ends, or when whoever
// wanted it is gone: the pipe to this process's input closes then, even where nobody had time to say goodbye.
// Wrangler alone does not do: ended hard, it leaves the runtime running.

const graceMs = 5_000

const endGroup = (): never => {
  process.kill(-process.pid, 'SIGKILL')
  process.exit(1)
}

const child = spawn(process.execPath, process.argv.slice(2), { stdio: ['ignore', 'inherit', 'inherit'] })
const ended = once(child, 'exit').then(([code]) => code as number | null)

process.stdin.resume().once('close', () => {
  child.kill('SIGTERM')
  void Promise.race([ended, pause(graceMs)]).then(endGroup)
})

// Who ends with 0 has cleared up after itself.
void ended.then((code) => code === 0 ? process.exit(0) : endGroup())
