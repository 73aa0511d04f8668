import type { NoticeView } from '@mail-gateway/contract'
import { entryOf } from '../../findings/catalogue.ts'

const { title, cause, match } = entryOf('local-m365-basic-retiring')!

/** The catalogue knows the worldwide hosts; the same date holds in every cloud, each of which has its own. */
const hosts = `${match.local!.regex!}|^(smtp-mail\\.outlook\\.com|outlook(-dod)?\\.office365\\.us|(smtp\\.)?partner\\.outlook\\.cn)$`

/**
 * Mail at Microsoft with a password still works, and stops by default on a known date. From and the other settings of the
 * same name are kept on the way out; the account that signs in was the user name.
 * Date: techcommunity.microsoft.com/blog/exchange/updated-exchange-online-smtp-auth-basic-authentication-deprecation-timeline/4489835
 */
export const passwordRetiring: NoticeView & { readonly on: string } = {
  id: 'm365-password',
  on: 'smtp',
  when: { host: hosts, authentication: '^password$' },
  title, text: cause,
  link: 'https://techcommunity.microsoft.com/blog/exchange/updated-exchange-online-smtp-auth-basic-authentication-deprecation-timeline/4489835',
  moves: [
    { mode: 'graph', label: 'Use Exchange Online (Graph API)' },
    { mode: 'smtp-office365', label: 'Use SMTP Office 365 (OAuth2)', carry: { account: 'username' } },
  ],
}
