#!/usr/bin/env node
// Plain on purpose: it must run far enough on an old Node to say that it is old.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`mail-gateway: this needs Node 22.13 or newer; this is ${process.version}. Install a newer Node, or run it through npx in a project that has one.\n`)
  process.exit(78)
}

// Some versions of Node announce their database as experimental on every start; that says nothing about this program.
const announce = process.emitWarning
process.emitWarning = (warning, ...rest) => (/SQLite/.test(String(warning)) ? undefined : announce.call(process, warning, ...rest))

// In the repository the sources run themselves; in the package there is only what was built.
const source = new URL('../src/command/main.ts', import.meta.url)
const fromSource = existsSync(source)
if (fromSource) {
  nodeModule.registerHooks({
    resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, '@mail-gateway/source'] }),
  })
}
const { main } = await import(fromSource ? source.href : new URL('../dist/command/main.js', import.meta.url).href)
process.exitCode = await main(process.argv.slice(2), process.env)
