// Every threat of the model in a few words, and what there is to say where no test can speak for it.

export interface ThreatRow {
  readonly id: string
  readonly threat: string
  /** The thing the threat is about does not exist in this product yet; a structure test stops whoever adds it without its rows. */
  readonly noSubject?: string
  /** What remains although the tests pass. */
  readonly limit?: string
}

const noWindow = 'signing in as a person is not built: there is no callback, no state and no window'

export const threats: readonly ThreatRow[] = [
  { id: 'T01', threat: 'another host, and the stored secret is tested there' },
  { id: 'T02', threat: 'the same by saving' },
  { id: 'T03', threat: 'encryption switched off for a stored secret' },
  { id: 'T04', threat: 'two spellings of one destination' },
  { id: 'T05', threat: 'a cloud or tenant that leads the secret to another host' },
  { id: 'T06', threat: 'a sign-in service that hands the secret on by a redirect' },
  { id: 'T07', threat: 'the settings read back with the secret' },
  { id: 'T08', threat: 'a route without a permission check' },
  { id: 'T09', threat: 'a secret in a log line or an error' },
  { id: 'T10', threat: 'a server that repeats the secret' },
  { id: 'T11', threat: 'a crash while logging' },
  { id: 'T12', threat: 'a secret that stays in the page' },
  { id: 'T13', threat: 'code, state or token in an address', limit: 'the headers are proven on every answer; a callback to drive does not exist yet' },
  { id: 'T14', threat: 'a stolen database' },
  { id: 'T15', threat: 'rows rewritten or swapped' },
  { id: 'T16', threat: 'secrets in a Worker’s variables or in a bundle' },
  { id: 'T17', threat: 'port scan and metadata access through host and port', limit: 'at the edge a name is connected to by the platform, which refuses private addresses itself; that cannot be tried locally' },
  { id: 'T18', threat: 'DNS that answers twice', limit: 'at the edge the platform resolves the name again; see T17' },
  { id: 'T19', threat: 'verification switched off to make pinning work' },
  { id: 'T20', threat: 'error text or timing that maps a network' },
  { id: 'T21', threat: 'redirects, proxies and files that make the gateway fetch' },
  { id: 'T22', threat: 'a second way to the network' },
  { id: 'T23', threat: 'STARTTLS removed from the list' },
  { id: 'T24', threat: 'replies injected before encryption' },
  { id: 'T25', threat: 'bad certificates and old protocols', limit: 'TLS 1.0 and 1.1 look alike to a client and share a code; revocation lists are not read; at the edge all of them share one code' },
  { id: 'T26', threat: 'endless challenges' },
  { id: 'T27', threat: 'drips, endless replies, huge lines' },
  { id: 'T28', threat: 'script and control characters in a server’s text' },
  { id: 'T29', threat: 'line breaks in addresses, names and subjects' },
  { id: 'T30', threat: 'the test button as a mail bomb' },
  { id: 'T31', threat: 'a forged callback', noSubject: noWindow },
  { id: 'T32', threat: 'answers of one cloud for another', noSubject: noWindow },
  { id: 'T33', threat: 'a code used twice', noSubject: noWindow },
  { id: 'T34', threat: 'an open redirect', noSubject: 'no answer redirects' },
  { id: 'T35', threat: 'forged admin consent', noSubject: noWindow },
  { id: 'T36', threat: 'messages between windows', noSubject: 'no window sends or takes a message' },
  { id: 'T37', threat: 'a window believed closed', noSubject: noWindow },
  { id: 'T38', threat: 'tokens that may do too much, or are stolen', limit: 'tokens are kept in the store, sealed, not in memory alone' },
  { id: 'T39', threat: 'a hostile token endpoint' },
  { id: 'T40', threat: 'two renewals at once', limit: 'one request per credential in a process; refresh tokens do not exist yet' },
  { id: 'T41', threat: 'calls forged by another site' },
  { id: 'T42', threat: 'CORS that reflects any origin' },
  { id: 'T43', threat: 'another tenant’s ids' },
  { id: 'T44', threat: 'a user without the right' },
  { id: 'T45', threat: 'the endpoint changed under the form' },
  { id: 'T46', threat: 'script of the host page', limit: 'script in the same page can read what is typed: a page that runs foreign script puts the element into a frame of another origin' },
  { id: 'T47', threat: 'a click stolen through a frame' },
  { id: 'T48', threat: 'markup made of text in our own templates' },
  { id: 'T49', threat: 'pollution, deep and huge bodies' },
  { id: 'T50', threat: 'patterns that never end' },
  { id: 'T51', threat: 'guessing and timing' },
  { id: 'T52', threat: 'misuse that leaves no record' },
  { id: 'T53', threat: 'a dependency that turns hostile', limit: 'pinned with integrity and without install scripts; a hostile version that is chosen on purpose is not detected' },
  { id: 'T54', threat: 'known advisories' },
  { id: 'T55', threat: 'one tenant starves the rest', limit: 'places and rates are counted per process or isolate' },
  { id: 'T56', threat: 'errors that fail open' },
]
