// Why: what Microsoft says when it says no is where an administrator looks longest; each such screen holds in every look.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { startBrowser } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Demo } from './demo.ts'
import { reportsAt } from './product.ts'
import { isMicrosoft, scenarios, show } from './stage.ts'

let demo: Demo
let browser: Browser
before(async () => { [demo, browser] = await Promise.all([startDemo(), startBrowser()]) })
after(async () => {
  await browser.close()
  await demo.stop()
})

describe('api B11, B18, E7, E8, E13 and F24: what goes wrong at Microsoft: no report, no error, no axe finding, no overflow; light, dark, right to left, 320 px', { concurrency: 5 }, () => {
  for (const scenario of scenarios.filter(isMicrosoft)) test(`${scenario.id}: ${scenario.title}`, () => show(demo, browser, scenario))
})

test('the demo heard of no breach of the policy in all of the above', async () => {
  assert.deepEqual(await reportsAt(demo), [])
})
