// F39 and F42 to F46 where a token signs in: what Microsoft's mail server, or whoever answers in its place, may say to it.
import type { Conversation } from '../../demo/sandbox/conversation.ts'
import type { Reply } from '../../demo/sandbox/manners.ts'
import type { Telling } from './mail-fault.ts'

export interface TokenFault extends Telling {
  readonly id: string
  readonly what: string
  /** What the server says to the first, the second … token of the run; absent: it takes it. */
  readonly says: readonly Reply[]
  /** Seconds. */
  readonly bound: number
  /** A run before it passed, so that its token is kept. */
  readonly kept?: true
  /** Tokens shown to the server; default 1. */
  readonly shown?: number
  /** Tokens asked for, that of the run before included; default 1. */
  readonly asked?: number
  /** The sign-in service is out of order once it has given its first token. */
  readonly serviceDown?: true
}

const challenge = (text: string | Buffer): string => Buffer.from(text).toString('base64')
/** A challenge, whatever the client answers, then the refusal. */
const refusing = (text: string, last = '535 5.7.8 no') => async (talk: Conversation): Promise<void> => { await talk.say(`334 ${text}`); await talk.line(); await talk.say(last) }
const google = '{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'
const invalid = challenge('{"status":"invalid_token","schemes":"bearer","scope":"https://outlook.office365.com/.default"}')
const lapsed = challenge('{"status":"401","message":"The token has expired"}')
const row = (id: string, what: string, says: readonly Reply[], more: Partial<TokenFault> = {}): TokenFault =>
  ({ id, what, says, bound: 5, at: 'sign-in', code: 'smtp.auth.token-refused', ...more })
/** The token is asked for before, and has seconds of its own. */
const silence = { code: 'smtp.auth.timeout', bound: 6 } as const
const again = { kept: true, asked: 2 } as const
const renewed = (what: string, reply: Reply): TokenFault => ({ id: 'F45', what: `${what}: passes with a fresh one`, says: [reply], bound: 5, ...again, shown: 2 })

const junk: readonly (readonly [what: string, text: string])[] = [
  ['no base64', '!!! not base64 !!!'], ['no JSON', challenge('go away')], ['bytes that are no text', challenge(Buffer.of(0xff, 0xfe, 0x00))], ['nothing', ''],
  ['JSON of another shape', challenge('[1,{"scope":7}]')], ['very long JSON', challenge(`{"scope":"${'x'.repeat(8000)}"}`)],
]

export const tokenFaults: readonly TokenFault[] = [
  row('F39', 'sign-in switched off for the tenant', ['535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.'], { code: 'smtp.auth.disabled', words: /organisation|tenant/i }),
  row('F42', 'silence after the token', [(talk) => talk.silence()], silence),
  row('F42', 'silence after the answer to a challenge', [async (talk) => { await talk.say(`334 ${challenge(google)}`); await talk.line(); await talk.silence() }], silence),
  row('F43', 'endless challenges to a token', [async (talk) => { do await talk.say('334 '); while (await talk.line() !== null) }], { code: 'smtp.auth.endless' }),
  ...junk.map(([what, text]) => row('F44', `a challenge with ${what}`, [refusing(text)], { said: what.startsWith('very') ? /^\{"scope":"xxx/ : /535 5\.7\.8 no$/ })),
  row('F45', 'JSON in a challenge', [refusing(challenge(google))], { said: /^\{"status":"400".*\} 535 5\.7\.8 no$/, words: /wants a token for https:\/\/mail\.google\.com\// }),
  row('F45', 'refused without a challenge', ['535 5.7.3 Authentication unsuccessful [AM0PR02CA0001.eurprd02.prod.outlook.com 2026-11-20T09:10:11.123Z 08DE1]']),
  row('F45', 'expired, although it is fresh: not asked for again', [refusing(invalid)]),
  row('F45', 'kept and refused for another reason: not asked for again', ['535 5.7.3 Authentication unsuccessful'], { kept: true }),
  renewed('kept and no longer good (invalid_token)', refusing(invalid)),
  renewed('kept and expired, in the challenge', refusing(lapsed)),
  renewed('kept and expired, in the refusal', '535 5.7.3 The access token has expired'),
  row('F45', 'kept and expired, and so is the fresh one: the first is told, there is no third', [refusing(lapsed, '535 5.7.8 the first'), refusing(lapsed, '535 5.7.8 the second')], { ...again, shown: 2, said: /the first/ }),
  row('F45', 'kept and expired, then the server hangs up', [async (talk) => { await talk.say('535 5.7.8 expired'); talk.close() }], { ...again, said: /expired/ }),
  row('F45', 'kept and expired, and no fresh one to be had', [refusing(lapsed)], { ...again, serviceDown: true, said: /has expired/ }),
  row('F46', 'the challenge repeats what was sent', [async (talk, line) => refusing(challenge(line))(talk)]),
  row('F46', 'the challenge wants the token as its scope', [async (talk, line) => refusing(challenge(JSON.stringify({ status: '400', scope: Buffer.from(line.split(' ').at(-1)!, 'base64').toString() })))(talk)]),
  row('F46', 'the refusal repeats what was sent', [async (talk, line) => talk.say(`535 5.7.8 ${line.slice(0, 400)}`)]),
]
