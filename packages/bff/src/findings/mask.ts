const hidden = '[hidden]'

/** Name and value as they stand in forms, JSON, headers and command lines. */
const named = /\b(client_secret|clientsecret|client_assertion|assertion|refresh_token|access_token|id_token|device_code|code_verifier|password|passwd|passphrase|secret|api[_-]?key|cookie|sharedaccesskey)(["']?\s{0,4}[=:]\s{0,4})(?!\[hidden\])(?:"[^"\r\n]+"?|'[^'\r\n]+'?|[^\s"'&,;<>]+)/gi

/** What follows the word is the credential: HTTP's scheme, SMTP's AUTH, IMAP's AUTHENTICATE and POP's PASS. */
const spoken = /\b(Bearer|Basic|AUTH(?:ENTICATE)? (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5)|PASS)(\s{1,4})(?!\[hidden\])[A-Za-z0-9+/=._~^-]{6,}/g

/** Answers to `334`: user name and password of AUTH LOGIN, each on a line of its own. */
const answered = /(\b334[ -]?[^\r\n]{0,4000}\r?\n(?:C: |>>> |-> )?)([A-Za-z0-9+/=]{2,4000})(?=\s|$)/g

/** JSON Web Tokens, whole or cut, and Microsoft's own form of client secrets, which carries its mark in the middle. */
const shapes = [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, /(?<![\w.~-])[\w.~-]{3}\dQ~[\w.~-]{20,60}/g, /(?<![\w+/=-])(?=[^\s]{0,80}\d)(?=[^\s]{0,80}[A-Z])(?=[^\s]{0,80}[a-z])[\w+/-]{64,}={0,2}/g]

/** It may hold an apostrophe and not begin with one: that is the quotation mark before it. */
const address = /[\w.!#$%&*+/=?^`{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g

/** Names of a vendor's own machines in brackets: long, and no help to anybody outside. */
const machine = /\s?\[(?=[^\s\]]{0,80}[A-Za-z])[\w-]{1,63}(?:\.[\w-]{1,63}){2,8}[^\]\n]{0,80}\]/g

/** Text with everything that looks like a password, secret or token taken out. For text of unknown origin, such as a pasted log. */
export const withoutSecrets = (text: string): string => shapes.reduce(
  (clean, shape) => clean.replace(shape, hidden),
  text.replace(answered, `$1${hidden}`).replace(named, `$1$2${hidden}`).replace(spoken, `$1$2${hidden}`),
)

/**
 * A service's own words without secrets, without its machines' names, and without addresses of people it has nothing to do with:
 * those of the settings stay.
 */
export const masked = (text: string, ours: readonly string[] = []): string => {
  const known = new Set(ours.map((one) => one.toLowerCase()))
  return withoutSecrets(text).replace(machine, '').replace(address, (found) => (known.has(found.toLowerCase()) ? found : '[address]'))
}
