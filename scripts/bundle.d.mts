/** The single file: Lit and everything, English, with its own Trusted Types policy. */
export function cdnFile(): Promise<string>
/** What an npm entry adds to a page that has Lit already. */
export function withoutLit(entry?: string): Promise<string>
/** Lit with the smallest element that still draws something. */
export function litAlone(): Promise<string>
/** The folder of the project. */
export const root: string
/** Members that get short names in the bundle, because only the element's own code names them. */
export const inside: readonly string[]
