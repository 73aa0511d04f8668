import type { FieldError } from '@mail-gateway/contract'
import type * as z from 'zod'
import { Refusal } from '../findings/problem.ts'

/** Bytes a request may carry. */
export const bodyLimit = 64 * 1024
/** Objects and lists inside one another. */
const depthLimit = 8

/**
 * Reads a JSON body: counted while it arrives, since a declared length may lie; not deep, no name twice,
 * no name that could reach a prototype (threat T49).
 * @throws Refusal `request.too-large`, `request.malformed`
 */
export const readJson = async (request: Request): Promise<unknown> => {
  const text = decode(await readBytes(request))
  const value = parse(text)
  if (!isTame(text)) throw new Refusal('request.malformed')
  return value
}

const readBytes = async (request: Request): Promise<Uint8Array> => {
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimit) throw new Refusal('request.too-large')
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength
      if (size > bodyLimit) throw new Refusal('request.too-large')
      chunks.push(chunk)
    }
  } catch (error) {
    // Whoever leaves in the middle of a body is no fault of ours, and no reason to wake anybody.
    throw error instanceof Refusal ? error : new Refusal('request.malformed')
  }
  return joined(chunks, size)
}

const joined = (chunks: readonly Uint8Array[], size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  chunks.reduce((at, chunk) => (bytes.set(chunk, at), at + chunk.byteLength), 0)
  return bytes
}

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw new Refusal('request.malformed')
  }
}

// The parser's own message quotes the text, secrets included: it goes nowhere.
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal('request.malformed')
  }
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** True for JSON text that is shallow, names nothing twice in one object, and touches no prototype. The text is known to parse. */
const isTame = (text: string): boolean => {
  const open: (Set<string> | null)[] = []
  let previous = ''
  for (const [part] of text.matchAll(token)) {
    if (part === '{' || part === '[') open.push(part === '{' ? new Set() : null)
    else if (part === '}' || part === ']') open.pop()
    else if (part === ':' && !isNew(JSON.parse(previous) as string, open.at(-1))) return false
    if (open.length > depthLimit) return false
    previous = part
  }
  return true
}

const isNew = (name: string, names: Set<string> | null | undefined): boolean => {
  if (!names || names.has(name) || forbidden.has(name)) return false
  names.add(name)
  return true
}

/**
 * Checks a body against its schema.
 * @throws Refusal `settings.refused` with a pointer for every part that does not fit
 */
export const shaped = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new Refusal('settings.refused', { errors: result.error.issues.flatMap(errorsOf) })
}

const errorsOf = (issue: z.core.$ZodIssue): FieldError[] => {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), code: 'unknown', detail: 'There is no such name here. Remove it.' }))
  return [{ pointer: pointerTo(issue.path), code: issue.code === 'invalid_type' ? 'type' : 'format', detail: issue.message }]
}

/** JSON pointer (RFC 6901); a caller's own names are cut to a bearable length. */
const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).slice(0, 64).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
