import type { TokenVault } from '../modes/mode.ts'
import type { Ports } from '../ports/ports.ts'
import type { Store } from '../ports/store.ts'
import { createFlights } from './flights.ts'
import type { Flights } from './flights.ts'
import type { Keyring } from './keyring.ts'
import type { Place } from './place.ts'
import { SealError, open, seal } from './seal.ts'

interface Vault {
  readonly store: Store
  readonly keyring: Keyring
  readonly clock: Ports['clock']
  readonly tenant: string
}

/** What is under way at the service, for all vaults over one store of this process. */
const flights = new WeakMap<Store, Flights>()

const flightsOver = ({ store }: Vault): Flights => {
  const known = flights.get(store) ?? createFlights()
  flights.set(store, known)
  return known
}

/**
 * Access tokens of one tenant, sealed like secrets: bound to tenant, key and the place they were issued for.
 * What does not open any more (another key, another place, altered bytes) is as good as not there.
 */
export const createVault = (vault: Vault): TokenVault => {
  const { store, keyring, clock, tenant } = vault
  return {
    async read(key, place) {
      const stored = await store.getToken(tenant, key)
      if (!stored || stored.until <= clock.now()) return undefined
      const text = await opened(stored.sealed, placeOf(tenant, key, place), keyring)
      return text === undefined ? undefined : { text, at: stored.at }
    },
    async write(key, place, text, until) {
      const sealed = await seal(text, placeOf(tenant, key, place), keyring)
      await store.putToken(tenant, key, { sealed, at: clock.now(), until })
    },
    together: (key, place, work, signal) => flightsOver(vault).join(JSON.stringify([tenant, key, ...place]), work, signal),
  }
}

const placeOf = (tenant: string, key: string, place: readonly string[]): Place =>
  ({ tenant, gateway: key, field: 'tokens', mode: 'tokens', destination: place.map((part, n) => [String(n), part] as const) })

const opened = async (sealed: string, place: Place, keyring: Keyring): Promise<string | undefined> => {
  try {
    return await open(sealed, place, keyring)
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}

/** Keeps nothing: for one run that ends with its process. */
export const forgetful: TokenVault = { read: async () => undefined, write: async () => {}, together: (_, __, work) => work() }
