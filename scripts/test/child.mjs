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

/** @returns {Promise<{ code: number | null, late: boolean, output: string }>} the last 20,000 characters it printed */
export const runChild = (command, args, { seconds, env }) => new Promise((resolve) => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32', env: { ...process.env, ...env } })
  let output = ''
  let late = false
  families.add(child)
  const timer = setTimeout(() => { late = true; end(child) }, seconds * 1000)
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output = (output + text).slice(-20_000) })
  child.on('error', (error) => { output += error.message })
  child.on('close', (code) => {
    clearTimeout(timer)
    end(child)
    families.delete(child)
    resolve({ code, late, output })
  })
})
