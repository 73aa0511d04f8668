import { randomBytes } from 'node:crypto'
import type { Right } from '@mail-gateway/contract'

export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: string
  readonly rights: readonly Right[]
}

const all: readonly Right[] = ['read', 'write', 'test', 'send', 'share']

/** Who works at the demo's customer. */
export const people: readonly Person[] = [
  { id: 'ada', name: 'Ada', email: 'ada@acme.example', role: 'Administrator', rights: all },
  { id: 'grace', name: 'Grace', email: 'grace@acme.example', role: 'Administrator', rights: all },
  { id: 'noor', name: 'Noor', email: 'noor@acme.example', role: 'Reader', rights: ['read'] },
]

export const personCalled = (id: string | undefined): Person | undefined => people.find((person) => person.id === id)

/** Headers by which a page says as whom, of the signed-in people, and for which customer it asks. */
export const accountHeader = 'x-plumline-account'
export const workspaceHeader = 'x-plumline-workspace'

const cookieName = 'plumline_session'
const most = 2000

const cookieIn = (header: string | null): string | undefined =>
  header?.split(/;\s*/).find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1)

/**
 * The product's own sign-in: a random cookie stands for a browser, and one browser may be signed in as several people,
 * so that two administrators can meet in two tabs. The cookie decides; a header only chooses among them.
 */
export class Sessions {
  readonly #sessions = new Map<string, Set<string>>()

  /** Signs a browser in. @returns the cookie to set, when it has none yet */
  enter(cookies: string | null, id: string): string | undefined {
    const known = this.#sessions.get(cookieIn(cookies) ?? '')
    if (known) return void known.add(id)
    const key = randomBytes(24).toString('base64url')
    if (this.#sessions.size >= most) this.#sessions.delete(this.#sessions.keys().next().value!)
    this.#sessions.set(key, new Set([id]))
    return `${cookieName}=${key}; Path=/; HttpOnly; SameSite=Lax`
  }

  /** The person a request speaks for, or undefined when its browser is not signed in as that person. */
  personOf(headers: Headers): Person | undefined {
    const ids = this.#sessions.get(cookieIn(headers.get('cookie')) ?? '')
    const wanted = headers.get(accountHeader)
    const id = wanted ? [...ids ?? []].find((one) => one === wanted) : ids?.values().next().value
    return personCalled(id)
  }
}

/** The customer a request is about. Everybody in the demo works for all of them. */
export const workspaceOf = (headers: Headers): string | undefined => {
  const name = headers.get(workspaceHeader) ?? 'acme'
  return /^[A-Za-z0-9.-]{1,60}$/.test(name) ? name : undefined
}
