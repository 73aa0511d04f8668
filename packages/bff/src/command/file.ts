import { readFileSync } from 'node:fs'
import { codeOf } from '../adapters/node/errors.ts'
import { userOf } from '../adapters/node/unwritable.ts'
import type { Reading } from '../config/options.ts'

const cures: Readonly<Record<string, () => string>> = {
  EACCES: () => `: the user ${userOf()} must be able to read it`,
  ENOENT: () => `: there is none at that path, seen from ${process.cwd()}`,
  EISDIR: () => ': it is a folder',
}

/** The text of the file a variable names, or what is wrong with it; its path is the variable's value and stays there. */
export const readNamed = (path: string): Reading<string> => {
  try {
    return { value: readFileSync(path, 'utf8') }
  } catch (error) {
    return { problem: `names a file that cannot be read (${codeOf(error)})${cures[codeOf(error)]?.() ?? ''}` }
  }
}
