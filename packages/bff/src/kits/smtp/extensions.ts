import type { Extensions, Reply } from '../../ports/ports.ts'

/** RFC 4422 section 3.1. Whatever else stands in the line is no mechanism, and would be shown as one. */
const mechanism = /^[A-Z0-9_-]{1,20}$/

/** Reads what EHLO answered. `AUTH=` is the form of servers older than RFC 2554; HELO's reply names no extension. */
export const extensionsOf = (reply: Reply): Extensions => {
  const [greeting = '', ...lines] = reply.text.split('\n').map((line) => line.slice(4).trim())
  const words = lines.map((line) => line.toUpperCase().split(/[\s=]+/))
  const args = (keyword: string) => words.filter(([first]) => first === keyword).flatMap(([, ...rest]) => rest)
  const has = (keyword: string) => words.some(([first]) => first === keyword)
  const size = Number(args('SIZE')[0])
  return {
    greeting: greeting.split(/\s/)[0] ?? '',
    auth: [...new Set(args('AUTH').filter((word) => mechanism.test(word)))],
    ...(size > 0 && { size }),
    starttls: has('STARTTLS'),
    pipelining: has('PIPELINING'),
  }
}
