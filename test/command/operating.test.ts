// docs/operating.md against the sources: every event of the service's log stands there, and none that there is not.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { root } from '../peers/command.ts'

const page = readFileSync(`${root}/docs/operating.md`, 'utf8')

/** Told by a Worker alone, or for whoever looks into the product itself. */
const elsewhere = ['not-set-up', 'keys.rotated', 'keys.left', 'resolver.failed', 'egress.connected', 'egress.requested']

const troubles = ['full', 'read-only', 'damaged', 'schema'].map((trouble) => `store.${trouble}`)

const eventsIn = (text: string): string[] => [...text.matchAll(/\blevel(?:: [^,]+)?, event: '([^']+)'/g)].map(([, name]) => name!)

const told = (text: string): string[] => [...text.matchAll(/^\| (`[^|]+`) \| (?:info|warn|error)/gm)].flatMap(([, names]) => [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))

const inSources = (): string[] => globSync(`${root}/packages/bff/src/**/*.ts`).filter((file) => !/\.test(ing)?\.ts$/.test(file)).flatMap((file) => eventsIn(readFileSync(file, 'utf8')))

const missing = (events: readonly string[]): string[] => events.filter((name) => !told(page).includes(name) && !elsewhere.includes(name))

test('the operator’s page explains every event of the log, and none that there is not', () => {
  const events = [...new Set([...inSources(), ...troubles])]
  assert.ok(events.length > 20, `${events.length} events found`)
  assert.deepEqual(missing(events), [])
  assert.deepEqual(told(page).filter((name) => !events.includes(name)), [])
})

test('an event that nobody wrote down is noticed', () => {
  assert.deepEqual(missing(eventsIn("log({ level: 'warn', event: 'planted', fields: {} })")), ['planted'])
})
