/**
 * The three calls of the metadata proposal that the certificate library's container asks for at import.
 * It refuses to load without them and brings none itself; the first import of `certificates.ts` is this file.
 */
type Target = object
const table = new WeakMap<Target, Map<unknown, unknown>>()

const getOwnMetadata = (key: unknown, target: Target): unknown => table.get(target)?.get(key)

const getMetadata = (key: unknown, target: Target): unknown => {
  for (let one: Target | null = target; one; one = Object.getPrototypeOf(one) as Target | null) {
    if (table.get(one)?.has(key)) return getOwnMetadata(key, one)
  }
  return undefined
}

const defineMetadata = (key: unknown, value: unknown, target: Target): void => {
  table.set(target, (table.get(target) ?? new Map<unknown, unknown>()).set(key, value))
}

if (!('getMetadata' in Reflect)) Object.assign(Reflect, { getOwnMetadata, getMetadata, defineMetadata })
