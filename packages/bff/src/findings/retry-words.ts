export const unchanged = 'No, it fails the same way until something is changed'
export const soon = 'Yes, in a few minutes'
const signInFirst = 'No, somebody has to sign in again first'
const newSignIn = 'Yes, once, with a new sign-in'
const patiently = `${soon}. If it fails again, wait longer before the next try.`
const asAsked = `${soon}, or when the time the service asked for is over`
const changed = 'Yes, after the change'
const unblocked = 'No, only when the block is lifted'

/**
 * Answers to "Try again?" for an administrator who has never seen an error code, by what the catalogue says to engineers.
 * By its text and not by entry: a test tells whoever gives an entry a new text that it has no answer. What is plain as it
 * stands is not here, for a Worker's bundle has little room.
 */
export const answers: Readonly<Record<string, string>> = {
  'no: fails the same way until something is changed': unchanged,
  'no: until changed': unchanged,
  'no: until space is made': 'No, only when there is space in the mailbox again',
  'no: until the block is lifted': unblocked,
  'no: until unblocked': unblocked,
  'yes: after granting': 'Yes, after the right is granted',
  'yes: after granting, up to 60 minutes': `${changed}. A new right can take up to 60 minutes to work.`,
  'yes: after licensing, up to 1 hour': `${changed}. A new licence can take up to an hour to work.`,
  'yes: after the change, 1-2 hours': `${changed}. It can take one to two hours to work.`,
  'yes: after the change, allow up to 60 minutes': `${changed}. It can take up to 60 minutes to work.`,
  'yes: after the change, up to 60 minutes': `${changed}. It can take up to 60 minutes to work.`,
  'yes: after the change, up to 2 hours': `${changed}. It can take up to two hours to work.`,
  'yes: after the change; once otherwise': `${changed}. If there is nothing to change, once.`,
  'yes: after the federation server works': 'Yes, when the sign-in servers of the organisation work again',
  'no: needs a new sign-in': signInFirst,
  'no: needs a new sign-in (pass the claims value on)': signInFirst,
  'yes: with back-off': patiently,
  'yes: with back-off (start 2 s, double, max 5 tries)': 'Yes, in a few seconds. If it fails again, wait longer each time, and stop after five tries.',
  'yes: with back-off, but a send may be duplicated': `${soon}, but the message may arrive twice`,
  'EAI_AGAIN: yes; ENOTFOUND: no': 'Perhaps. If the name is right, in a few minutes; if it is wrong, correct it first.',
  'depends on the first digit': 'Perhaps. If the server’s answer begins with 4, in a few minutes; if it begins with 5, not before the block is lifted.',
  'n/a': 'No, first do the first step above',
  'yes: once with a new token': newSignIn,
  'yes: once with claims': newSignIn,
  'yes: once, then ask the user': 'Yes, once. If it fails again, do the first step above.',
  'yes: with the other TLS setting': 'Yes, with the other kind of encryption',
  'yes: after Retry-After; never blindly re-send': `${asAsked}. Look in the inbox before you send again.`,
  'yes: honour Retry-After': asAsked,
  'yes: honour Retry-After (MSAL also refuses further tries until then)': asAsked,
  unknown: 'Perhaps, once. If it fails again, do the first step above.',
  'yes: authorise again': 'Yes, with a new sign-in',
  'yes: by the user': 'Yes, by the person who signs in',
  'yes: after 30-60 s': 'Yes, in 30 to 60 seconds',
  'yes: after a few minutes and with caching': soon,
  'yes: after hours': 'Yes, in some hours, at most a day',
  'yes: after minutes': soon,
}
