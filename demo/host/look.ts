/** What the address of a page asks for. Everything that can be shown can be reached by address. */
export interface Look {
  readonly brand: Brand
  readonly theme: Theme
  readonly dir: 'ltr' | 'rtl'
  /** Language of the settings element alone; the product itself speaks English. */
  readonly lang: string
  /** Whose settings: each has its own gateways, so that two pages never disturb each other. */
  readonly tenant: string
  /** Who looks: one of the people the session is signed in as. */
  readonly user: string | undefined
  /** A server whose values are filled in. */
  readonly scenario: string | undefined
  /** Gateways to begin with. */
  readonly seed: string | undefined
  /** What the page does to the element once it is ready. */
  readonly act: string | undefined
  /** Screen of the element, and the gateway on it. */
  readonly view: 'edit' | 'test' | undefined
  readonly gateway: string | undefined
  /** What the way to the backend does wrong. */
  readonly fault: string | undefined
  /** Further attributes of the element. */
  readonly set: string | undefined
}

export type Brand = 'plum' | 'acme' | 'rack'
export type Theme = 'auto' | 'light' | 'dark'

export const brands: readonly (readonly [Brand, string])[] = [['plum', 'Plumline'], ['acme', 'Console blue'], ['rack', 'Dense']]
export const themes: readonly (readonly [Theme, string])[] = [['auto', 'System'], ['light', 'Light'], ['dark', 'Dark']]
export const directions = [['ltr', 'Left to right'], ['rtl', 'Right to left']] as const

const usual = { brand: 'plum', theme: 'auto', dir: 'ltr', lang: 'en', tenant: 'acme' } as const

const oneOf = <T extends string>(choices: readonly (readonly [T, string])[], value: string | null, otherwise: T): T =>
  choices.find(([id]) => id === value)?.[0] ?? otherwise

/** Letters, digits, dots and hyphens, short: what may go into a key, a header or an attribute. */
const word = (value: string | null): string | undefined => (value && /^[A-Za-z0-9.-]{1,60}$/.test(value) ? value : undefined)

const screens = ['edit', 'test'] as const

/** A gateway's id: letters, digits, hyphen and underscore. */
const id = (value: string | null): string | undefined => (value && /^[\w-]{1,60}$/.test(value) ? value : undefined)

export const lookOf = (query: URLSearchParams): Look => {
  const seed = word(query.get('seed'))
  return {
    brand: oneOf(brands, query.get('brand'), usual.brand),
    theme: oneOf(themes, query.get('theme'), usual.theme),
    dir: oneOf(directions, query.get('dir'), usual.dir),
    lang: word(query.get('lang')) ?? usual.lang,
    tenant: word(query.get('tenant')) ?? (seed ? `seed-${seed}` : usual.tenant),
    user: word(query.get('user')), scenario: word(query.get('scenario')), seed,
    view: screens.find((one) => one === query.get('view')), gateway: id(query.get('gateway')),
    act: word(query.get('act')), fault: word(query.get('fault')), set: word(query.get('set')),
  }
}

/** What stays from page to page: the look, the tenant and who looks. */
const kept = ['brand', 'theme', 'dir', 'lang', 'tenant', 'user'] as const

/** An address of the demo which keeps the look, with `changes` made to it. */
export const link = (look: Look, path: string, changes: Partial<Record<keyof Look, string>> = {}): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...Object.fromEntries(kept.map((one) => [one, look[one]])), ...changes })) {
    if (value && value !== (usual as Record<string, string>)[name]) query.set(name, value)
  }
  return query.size ? `${path}?${query}` : path
}
