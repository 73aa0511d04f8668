/** What stands between quotes in a shell without meaning anything there. */
const plain = /^[\w.:-]+$/

const isLiteral = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host)

/**
 * The command with which somebody at a terminal sees why a certificate is refused: it ends with `Verification: OK`, or
 * with the reason (docs.openssl.org/3.0/man1/openssl-s_client). Works in every shell that knows single quotes and pipes.
 * @returns undefined for a host that is no canonical one: nothing of it gets into a command
 */
export const inspection = ({ host, port, starttls = false }: { readonly host: string; readonly port: number; readonly starttls?: boolean | undefined }): string | undefined => {
  if (!plain.test(host)) return undefined
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const named = isLiteral(host) ? `-verify_ip '${host}'` : `-servername '${host}' -verify_hostname '${host}'`
  return `echo Q | openssl s_client -brief -connect '${at}'${starttls ? ' -starttls smtp' : ''} ${named} -verify_return_error`
}
