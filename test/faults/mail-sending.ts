// F47 to F55: sending.
import { fact } from './mail-fault.ts'
import type { MailFault } from './mail-fault.ts'
import { counted, drip, ehlo, hangUp, silent, takeMessage, talks } from './mail-servers.ts'
import type { Talk } from '../peers/peer.ts'

type Replies = NonNullable<Parameters<typeof talks>[0]>

const sending = (id: string, what: string, replies: Replies, at: string, code: string, bound = 5, more: Partial<MailFault> = {}): MailFault =>
  ({ id, what, script: talks(replies), at, code, bound, ...more })
const dot = (reply: string | ((talk: Talk) => Promise<void> | void)): Replies => ({ DATA: (talk) => takeMessage(talk, reply) })
const after = (what: string, reply: Parameters<typeof dot>[0], more: Partial<MailFault> = {}): MailFault =>
  ({ id: 'F53', what: `${what} after the final dot`, script: talks(dot(reply)), at: 'message', code: 'smtp.message.unproven', unproven: true, bound: 10, words: /may have been delivered/, ...more })

const mute = counted(silent)

export const delivering: readonly MailFault[] = [
  sending('F47', 'MAIL 550 5.7.60', { MAIL: '550 5.7.60 may not send as' }, 'sender', 'smtp.sender.refused'),
  sending('F47', 'MAIL 553', { MAIL: '553 5.7.1 not yours' }, 'sender', 'smtp.sender.refused'),
  sending('F48', 'MAIL 451', { MAIL: '451 4.3.0 trouble' }, 'sender', 'smtp.sender.busy', 5, { said: /trouble/ }),
  sending('F48', 'MAIL 452', { MAIL: '452 4.3.1 no room' }, 'sender', 'smtp.sender.busy'),
  sending('F48', 'MAIL silent', { MAIL: silent }, 'sender', 'smtp.sender.timeout'),
  sending('F48', 'MAIL closes', { MAIL: hangUp }, 'sender', 'smtp.sender.closed'),
  sending('F49', 'RCPT 550', { RCPT: '550 5.1.1 unknown' }, 'recipient', 'smtp.recipient.refused'),
  sending('F49', 'RCPT 450', { RCPT: '450 4.2.0 Greylisted' }, 'recipient', 'smtp.recipient.busy', 5, { words: /settings work/i }),
  sending('F50', 'RCPT 530', { RCPT: '530 5.7.0 Authentication required' }, 'recipient', 'smtp.recipient.relay', 5, { words: /sign-in|sign in/i }),
  sending('F50', 'RCPT 554', { RCPT: '554 5.7.1 Relay access denied' }, 'recipient', 'smtp.recipient.relay', 5, { words: /relay/i }),
  sending('F51', 'DATA 554', { DATA: '554 5.5.1 no' }, 'message', 'smtp.message.refused'),
  sending('F51', 'DATA silent: failed, as nothing was handed over', { DATA: silent }, 'message', 'smtp.message.timeout'),
  sending('F51', 'DATA silent until the whole time is up: failed all the same', { EHLO: async (talk) => { await talk.wait(1500); await talk.say(ehlo) }, DATA: silent }, 'message', 'run.deadline', 5, { values: { timeout: 5 } }),
  sending('F52', 'final 554', dot('554 5.7.1 spam'), 'message', 'smtp.message.refused', 10),
  sending('F52', 'final 452', dot('452 4.2.2 full'), 'message', 'smtp.message.busy', 10),
  sending('F52', 'final 552', dot('552 5.3.4 too big'), 'message', 'smtp.message.refused', 10),
  sending('F52', 'too big by the server’s own word', { EHLO: '250-peer.test\n250-SIZE 100\n250 AUTH PLAIN' }, 'sender', 'smtp.message.too-large', 10),
  sending('F52', 'refused in the middle of the content', { DATA: async (talk) => { await talk.say('354 Go'); await talk.line(); await talk.say('552 5.3.4 enough'); await talk.silence() } }, 'message', 'smtp.message.refused', 10, { said: /enough/ }),
  after('silent', silent),
  after('closes', hangUp),
  after('drips', drip('250 2.0.0 queued as 4711')),
  after('babbles', 'what now?'),
  after('354', '354 go on'),
  after('a huge reply', (one) => one.send('2'.repeat(300_000))),
  after('the whole time is up', silent, { values: { timeout: 5 }, bound: 5 }),
  { id: 'F54', what: 'QUIT silent', script: talks({ QUIT: mute }), happened: () => mute.times() > 0, bound: 2 },
  { id: 'F55', what: 'an odd queue id', script: talks(dot(`250 2.0.0 \u0007queued as ${'x'.repeat(5000)}`)), happened: (seen) => fact(seen, 'message', 'reply').includes('queued as xxx'), bound: 2 },
]
