import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { readKeyring } from '../settings/keyring.ts'
import { WrongCall } from './check.ts'

/**
 * `mail-gateway secret [PRESENT | -]`: a new sealing key. Given the present value, the whole next one: the new key first,
 * so that it seals, the old ones behind it, so that they still open. `-` reads the present value from standard input.
 * @throws WrongCall where the present value cannot be read
 */
export const secret = async (argv: readonly string[]): Promise<number> => {
  const present = await presentFrom(argv)
  process.stdout.write(`${present === undefined ? newKey(1) : next(present)}\n`)
  return 0
}

const presentFrom = async (argv: readonly string[]): Promise<string | undefined> => {
  const positionals = positionalsOf(argv)
  if (positionals.length > 1) throw new WrongCall('secret takes the present value, or - for standard input, or nothing')
  return positionals[0] === '-' ? (await text(process.stdin)).trim() : positionals[0]
}

const positionalsOf = (argv: readonly string[]): string[] => {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: {} }).positionals
  } catch (error) {
    throw new WrongCall((error as Error).message)
  }
}

const next = (present: string): string => {
  const reading = readKeyring(present)
  if (!reading.ok) throw new WrongCall(`the present value ${reading.problem}`)
  const newest = Math.max(...reading.keyring.all.map(({ version }) => Number(version)))
  return `${newKey(newest + 1)},${present}`
}

const newKey = (version: number): string =>
  `${version}:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`
