// The command as whoever operates the product runs it: a process of its own.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const bin = join(root, 'packages/bff/bin/mail-gateway.mjs')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Milliseconds. */
  readonly took: number
}

export interface Circumstances {
  readonly env?: Record<string, string>
  readonly input?: string
  readonly seconds?: number
  /** Characters of standard output after which its reader goes away. */
  readonly leaveAfter?: number
  /** Words on standard output at which the operator presses Ctrl-C, once. */
  readonly interruptAt?: string
}

/** Nothing of this process's own environment but what a program needs to start. */
const bare = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }

export const command = (args: readonly string[], { env = {}, input = '', seconds = 40, leaveAfter, interruptAt }: Circumstances = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, [bin, ...args], { cwd: root, env: { ...bare, ...env }, stdio: 'pipe', timeout: seconds * 1000 })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (leaveAfter !== undefined && stdout.length >= leaveAfter) child.stdout.destroy()
      if (interruptAt && stdout.includes(interruptAt) && !stdout.slice(0, -text.length).includes(interruptAt)) child.kill('SIGINT')
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text })
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr, took: performance.now() - began }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
