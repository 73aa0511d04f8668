// Says on stderr what is being done and for how long: stdout belongs to the result.
import { spawn } from 'node:child_process'

const tick = 5000

export const say = (text) => process.stderr.write(`${text}\n`)

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`

/** Shows `title` while `work` runs: a line now, one every five seconds, one at the end. */
export const during = async (title, work) => {
  const began = Date.now()
  say(`setup: ${title} …`)
  const timer = setInterval(() => say(`setup: ${title} … ${seconds(began)}`), tick)
  try {
    const result = await work()
    say(`setup: ${title}: done in ${seconds(began)}`)
    return result
  } finally {
    clearInterval(timer)
  }
}

/**
 * Runs a command and keeps what it prints, so that it can be shown if it fails.
 * @returns {Promise<{ code: number, output: string }>} `code` 1 also where the command does not exist or takes too long
 */
export const run = (command, args, { timeout = 600_000, ...options } = {}) => new Promise((resolve) => {
  let output = ''
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout, ...options })
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text })
  child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }))
  child.on('close', (code) => resolve({ code: code ?? 1, output }))
})

/** Ends the set-up with what is missing and what to do about it. */
export class Missing extends Error {}
