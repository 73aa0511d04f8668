/** A mail server's reply, taken apart: the enhanced code (RFC 3463) from any of its lines. */
export interface ReplyRecord {
  readonly code?: number | undefined
  readonly enhanced?: string | undefined
  readonly text: string
}

/** One failure in the form every entry is compared with, whatever it came from. */
export interface FailureRecord {
  readonly mode?: string | undefined
  /** `entra`, `graph`, `smtp`, `msal`, `imap`, `google` …: where it happened. */
  readonly where?: string | undefined
  /** HTTP status. */
  readonly http?: number | undefined
  /** The member `error` of an OAuth answer (RFC 6749 section 5.2). */
  readonly oauthError?: string | undefined
  readonly suberror?: string | undefined
  /** Numbers of Microsoft's sign-in service, `AADSTS` cut off. */
  readonly aadsts?: readonly number[] | undefined
  readonly smtp?: ReplyRecord | undefined
  readonly node?: { readonly originalCode?: string | undefined; readonly code?: string | undefined; readonly text: string } | undefined
  /** Codes from the outermost to the innermost. */
  readonly graph?: { readonly http?: number | undefined; readonly codes: readonly string[]; readonly text: string } | undefined
  readonly imap?: string | undefined
  readonly google?: { readonly error?: string | undefined; readonly text: string } | undefined
  /** Error code of Microsoft's sign-in library. */
  readonly msal?: string | undefined
  readonly text?: string | undefined
}

/** Characters of a text that are compared: many times more than any known text, few enough that nobody can keep us busy. */
export const compared = 4096

/** Takes a reply apart; several lines are joined. */
export const replyRecord = (reply: string): ReplyRecord => {
  const text = reply.slice(0, compared).replace(/\r/g, '')
  const code = Number(/^(\d{3})(?:[ -]|$)/.exec(text)?.[1]) || undefined
  const enhanced = /(?:^|\n)\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1]
  return { code, enhanced, text: text.replace(/(^|\n)\d{3}[ -](?:[245]\.\d{1,3}\.\d{1,3}\s+)?/g, ' ') }
}
