import { readFileSync } from 'node:fs'
import { codeOf } from '../adapters/node/errors.ts'
import { outlive } from '../adapters/node/lasting-log.ts'
import { ConfigError } from '../config/environment.ts'
import type { Environment } from '../config/environment.ts'
import { OptionsError } from '../config/options.ts'
import { WrongCall, check } from './check.ts'
import { explain } from './explain.ts'
import { rotate } from './rotate.ts'
import { secret } from './secret.ts'
import { serve } from './serve.ts'

const usage = `usage: mail-gateway COMMAND

  check FILE [--until input|network|identity|delivery] [--to ADDRESS] [--json]
               run the checklist on a file's settings; - reads standard input
  explain [FILE] [--json]
               say what a failure means; without a file, or with -, reads standard input
  rotate [--json]
               seal everything stored with the first of the keys; then the others may go
  serve        serve the routes; set up by environment variables
  secret [-]   make a sealing key; with the present value, the next one

  --help       this text
  --version    the version

exit codes: 0 passed or done, 1 failed, 2 unproven, 64 wrong call, 78 configuration
`

type Command = (argv: readonly string[], environment: Environment) => Promise<number>

const commands: Readonly<Record<string, Command>> = { check, explain, rotate, serve, secret }

/** Runs one command. The answer is its exit code; what went wrong is said on standard error. */
export const main = async ([name = '', ...argv]: readonly string[], environment: Environment): Promise<number> => {
  const written = heardOut()
  if (name === '--help' || name === 'help') return written(print(usage))
  if (name === '--version') return written(print(`${version()}\n`))
  try {
    if (!Object.hasOwn(commands, name)) throw new WrongCall(name ? `there is no command ${name}\n\n${usage}` : `name a command\n\n${usage}`)
    const code = await commands[name]!(argv, environment)
    return name === 'serve' ? code : await written(code)
  } catch (error) {
    if (!(error instanceof WrongCall || error instanceof ConfigError || error instanceof OptionsError)) throw error
    process.stderr.write(`mail-gateway: ${error.message.trimEnd()}\n`)
    return error instanceof WrongCall ? 64 : 78
  }
}

/**
 * Whoever reads may leave before the end, as `head` does: that is no failure. Where the answer itself could not be written,
 * on a full disk, the code must not say that it was.
 */
const heardOut = (): ((code: number) => Promise<number>) => {
  let failure: unknown
  outlive(process.stderr)
  process.stdout.on('error', (error) => { failure ??= error })
  return async (code) => {
    await new Promise((resolve) => process.stdout.write('', resolve))
    if (!failure || codeOf(failure) === 'EPIPE') return code
    process.stderr.write(`mail-gateway: standard output cannot be written (${codeOf(failure)})\n`)
    return code || 1
  }
}

const print = (text: string): number => {
  process.stdout.write(text)
  return 0
}

const version = (): string => (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
