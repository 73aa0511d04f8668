// Names that stand for whole modules, most of them of the sign-in library's common part: imported as such, so that only what is used of them stays.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const index = fileURLToPath(import.meta.resolve('@azure/msal-common/node'))
const modules = new Map([...readFileSync(index, 'utf8').matchAll(/^import \* as (\w+) from '(\.[^']+)';$/gm)].map(([, name, path]) => [name, join(dirname(index), path)]))

/** The same of the schema library's helpers: two thirds of them are never called. */
const helpers = (text) => text.replace('import { util } from "../core/index.js";', 'import * as util from "../core/util.js";').replaceAll('core.util.', 'util.')

/** `import { Constants as A, Logger } from '@azure/msal-common/node'` in two parts. */
export const direct = (text) => helpers(text).replace(/^import \{([^}]*)\} from '@azure\/msal-common\/node';$/gm, (_, list) => {
  const names = list.split(',').map((item) => item.trim()).filter(Boolean)
  const whole = names.map((item) => item.split(' as ')).filter(([name]) => modules.has(name))
  const rest = names.filter((item) => !modules.has(item.split(' as ')[0]))
  return [
    ...whole.map(([name, local = name]) => `import * as ${local} from ${JSON.stringify(modules.get(name))};`),
    `import { ${rest.join(', ')} } from '@azure/msal-common/node';`,
  ].join('\n')
})
