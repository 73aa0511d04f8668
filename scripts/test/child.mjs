// Runs one process of the tests: bounded in time, its whole family ended at the bound, its output kept for the report.
import { spawn } from 'node:child_process'

const families = new Set()

const end = (child) => {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Called when the tests themselves are interrupted, so that no server or browser outlives them. */
export const endAll = () => families.forEach(end)

/**
 * `stuck` is asked every second and may say why there is no use in waiting any longer.
 * @returns {Promise<{ code: number | null, late?: string, output: string }>} the last 20,000 characters it printed
 */
export const runChild = (command, args, { seconds, env, stuck = () => undefined }) => new Promise((resolve) => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32', env: { ...process.env, ...env } })
  let output = ''
  let late
  families.add(child)
  const began = performance.now()
  const timer = setInterval(() => {
    late = performance.now() - began > seconds * 1000 ? `it did not end within ${seconds} s` : stuck()
    if (late) end(child)
  }, 1000)
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output = (output + text).slice(-20_000) })
  child.on('error', (error) => { output += error.message })
  child.on('close', (code) => {
    clearInterval(timer)
    end(child)
    families.delete(child)
    resolve({ code, late, output })
  })
})
