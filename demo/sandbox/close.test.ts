import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSandbox } from './index.ts'
import { Wire } from './wire.testing.ts'

test('close() leaves no socket, server or timer behind, whoever is still talking', async () => {
  const count = () => process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout/.test(kind)).length
  const before = count()
  const own = await startSandbox()
  const wires = await Promise.all(['greeting-silent', 'drip', 'slow'].map((id) => Wire.plain(own.ports.scenarios[id]!)))
  assert.ok(count() > before)
  await own.close()
  await Promise.all(wires.map((wire) => wire.hungUp()))
  wires.forEach((wire) => wire.end())
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(count(), before)
})
