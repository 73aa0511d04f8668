// Modules that are made when they are first asked for, not when the Worker starts.
import { readFile } from 'node:fs/promises'

/** What the routes answer is described for the OpenAPI document alone: hundreds of schemas that few requests need. */
const line = "import * as answers from './answers.ts'\n"

export const later = {
  name: 'later',
  setup(bundler) {
    bundler.onLoad({ filter: /openapi[/\\]openapi\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes(line)) throw new Error(`${path} takes in its answers in another way`)
      // A bundler runs a module that is required where it is required.
      return { loader: 'ts', contents: text.replace(line, '').replace(/\banswers\.(?=\w)/g, "require('./answers.ts').") }
    })
  },
}
