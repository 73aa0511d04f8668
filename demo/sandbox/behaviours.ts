import type { Conversation } from './conversation.ts'
import type { Reply } from './manners.ts'

/** Things a server does instead of a reply. Each ends by itself when the connection does. */

export const silent: Reply = (talk) => talk.silence()

export const hangUp: Reply = (talk) => talk.hangUp()

/** Says something and closes the connection, as a server does that will not talk to this client. */
export const farewell = (text: string): Reply => async (talk) => {
  await talk.say(text)
  talk.close()
}

/** Agrees to encrypt and, in the same breath, adds an EHLO reply a careless client takes for the encrypted one. */
export const injected: Reply = async (talk) => {
  await talk.send('220 2.0.0 Ready to start TLS\r\n250-mail.demo.test\r\n250 AUTH PLAIN LOGIN\r\n')
  await talk.silence()
}

/** One byte a second: never silent, never finished. */
export const drip = (text: string): Reply => async (talk) => {
  for (const byte of Buffer.from(`${text}\r\n`)) {
    await talk.send(Uint8Array.of(byte))
    await talk.wait(1000)
  }
}

/** Far beyond any limit, yet bounded, so that a client without one does not fill this machine's memory. */
const tooMuch = 8 * 1_048_576

/** Bytes in pieces, with pauses in which this process can do its other work. */
const flood = async (talk: Conversation, piece: string): Promise<void> => {
  for (let sent = 0; sent < tooMuch && !talk.ended.aborted; sent += piece.length) {
    await talk.send(piece)
    await talk.wait(2)
  }
  await talk.silence()
}

/** A reply whose last line never comes. */
export const endless = (line: string): Reply => (talk) => flood(talk, `${line}\r\n`.repeat(600))

/** One line without an end. */
export const hugeLine = (start: string): Reply => async (talk) => {
  await talk.send(start)
  await flood(talk, 'x'.repeat(16_384))
}

/** Asks for one more answer each time, so that sign-in never finishes. */
export const askForever: Reply = async (talk) => {
  const again = `334 ${Buffer.from('And once more:').toString('base64')}`
  do await talk.say(again)
  while (await talk.line() !== null)
}

/** Repeats what was sent for sign-in, as typed and decoded: a server that leaks into every log it reaches. */
export const echo = (code: string): Reply => async (talk, line) => {
  const [, mechanism = '', initial = ''] = line.split(' ')
  const sent = initial || await answerTo(talk)
  const clear = Buffer.from(sent, 'base64').toString().split('\0').filter(Boolean).join(' ')
  await talk.say(`${code.slice(0, 3)}-${code.slice(4)}: AUTH ${mechanism} ${sent}\n${code}: ${clear}`)
}

const answerTo = async (talk: Conversation): Promise<string> => {
  await talk.say('334 ')
  return await talk.line() ?? ''
}

/** Script, terminal colours, and marks that turn the reading direction. */
export const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)> \u001b[31;1mred\u001b[0m \u202Egnp.exe\u202C \u2066&lt;'
