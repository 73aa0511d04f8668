// Pieces that hostile mail servers are made of.
import type { Conversation } from '../../demo/sandbox/conversation.ts'
import { answering } from '../peers/peer.ts'
import type { Script, Talk } from '../peers/peer.ts'

export const ehlo = '250-peer.test\n250-PIPELINING\n250 AUTH PLAIN LOGIN CRAM-MD5'
export const offering = (...mechanisms: string[]) => `250-peer.test\n250 AUTH ${mechanisms.join(' ')}`

/** A short server in clear: everything but `replies` goes well. */
export const talks = (replies: Parameters<typeof answering>[0] = {}, greeting?: string): Script => answering({
  EHLO: ehlo, AUTH: '235 2.7.0 Ok', DATA: (talk) => takeMessage(talk, '250 2.0.0 queued'), ...replies,
}, greeting)

export const takeMessage = async (talk: Talk, reply: string | ((talk: Talk) => Promise<void> | void)): Promise<void> => {
  await talk.say('354 Go')
  for (let line = await talk.line(); line !== '.' && line !== null;) line = await talk.line()
  if (typeof reply === 'string') await talk.say(reply)
  else await reply(talk)
}

export const silent = (talk: Conversation): Promise<void> => talk.silence()
export const hangUp = (talk: Conversation): void => { talk.hangUp() }
export const bye = (text: string) => async (talk: Conversation): Promise<void> => { await talk.say(text); talk.close() }
export const raw = (bytes: string) => async (talk: Conversation): Promise<void> => { await talk.send(Buffer.from(bytes, 'latin1')); await talk.silence() }

/** One byte at a time, `pause` milliseconds apart, and then nothing. */
export const drip = (text: string, pause = 1000) => async (talk: Conversation): Promise<void> => {
  for (const byte of Buffer.from(text)) { await talk.send(Uint8Array.of(byte)); await talk.wait(pause) }
  await talk.silence()
}

/** The same, for as long as anybody listens: in large pieces, or one by one with `pause` milliseconds between them. */
export const endless = (text: string, pause = 0) => async (talk: Conversation): Promise<void> => {
  const piece = pause ? text : text.repeat(Math.ceil(65_536 / text.length))
  while (!talk.ended.aborted) {
    await talk.send(piece)
    // This process serves others as well.
    await talk.wait(pause)
  }
}

/** One challenge, whatever is answered, then the refusal. */
export const asking = (challenge: string, refusal: string) => async (talk: Talk): Promise<void> => {
  await talk.say(`334 ${challenge}`)
  await talk.line()
  await talk.say(refusal)
}

/** The same, and how often it was done. */
export const counted = (manner: (talk: Conversation) => Promise<void> | void) => {
  let times = 0
  return Object.assign((talk: Conversation) => { times += 1; return manner(talk) }, { times: () => times })
}

/** A proper server whose every byte travels alone. */
export const bytewise: Script = async (talk) => {
  const say = async (text: string) => { for (const byte of Buffer.from(`${text.replaceAll('\n', '\r\n')}\r\n`)) { await talk.send(Uint8Array.of(byte)); await talk.wait(1) } }
  await say('220 peer.test')
  for (let line = await talk.line(); line !== null; line = await talk.line()) {
    if (line.startsWith('EHLO')) await say(ehlo)
    else if (line.startsWith('AUTH')) await say('235-2.7.0\n235 2.7.0 Ok')
    else if (line === 'DATA') await say('354 Go')
    else if (line === '.' || /^(MAIL|RCPT)/.test(line)) await say('250 2.0.0 Ok')
  }
}
