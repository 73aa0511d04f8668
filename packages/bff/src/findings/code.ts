/** The part of a catalogue id that tells where a failure is met, and our word for it. */
const places: Readonly<Record<string, string>> = { nm: 'client', net: 'network', smtp: 'smtp', gmail: 'gmail', imap: 'imap', google: 'google', graph: 'graph', entra: 'entra' }

/**
 * Our code for a catalogue entry: `graph-invalid-user` is `graph.invalid-user`. Numbers of Microsoft's sign-in service,
 * answers of OAuth and codes of its library keep their whole name, as in `entra.aadsts-7000215`.
 */
export const codeOf = (id: string): string => {
  const [first = '', ...rest] = id.split('-')
  const place = places[first]
  return place ? `${place}.${rest.join('-')}` : `entra.${id}`
}
