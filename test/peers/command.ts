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

/** Nothing of this process's own environment but what a program needs to start. */
const bare = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }

export const command = (args: readonly string[], { env = {}, input = '', seconds = 40 }: { env?: Record<string, string>; input?: string; seconds?: number } = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, [bin, ...args], { cwd: root, env: { ...bare, ...env }, stdio: 'pipe', timeout: seconds * 1000 })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text })
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr, took: performance.now() - began }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
