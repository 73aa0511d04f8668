/** A runtime's error with a code of the kind Node gives, so that one table explains both. */
export const coded = (error: unknown, code: string | undefined): Error => {
  const thrown = error instanceof Error ? error : new Error(String(error))
  return code === undefined || 'code' in thrown ? thrown : Object.assign(thrown, { code })
}

/** What the runtime's sentences mean; it has no codes. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/refused/i, 'ECONNREFUSED'],
  [/timed? ?out/i, 'ETIMEDOUT'],
  [/unreachable/i, 'EHOSTUNREACH'],
  [/prohibited|not allowed|disallowed|cannot connect to the specified address/i, 'EACCES'],
  [/DNS|resolve|name not found|lookup/i, 'ENOTFOUND'],
]

/** The code of a failed connection, as far as its sentence tells; undefined where it does not. */
export const connectCode = (error: unknown): string | undefined => {
  const text = error instanceof Error ? error.message : String(error)
  return sentences.find(([pattern]) => pattern.test(text))?.[1]
}
