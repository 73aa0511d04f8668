import { problems } from '../findings/problem.ts'
import type { OpenApiDocument, Operation } from './openapi.ts'

/** A page that asks nobody for anything: no script, one style sheet inside, allowed by its hash alone. */
export interface DocsPage {
  readonly html: string
  /** Its content security policy. */
  readonly policy: string
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem } section { border-top: 1px solid #8886; padding: .5rem 0 }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem } pre { overflow-x: auto; padding: .75rem; background: #8881 }
dt { font-weight: 600; margin-top: .75rem } dd { margin-left: 0 } table { border-spacing: 0 } td, th { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0 }
`

export const docsPage = async (document: OpenApiDocument): Promise<DocsPage> => ({
  html: page(document),
  policy: `default-src 'none'; style-src 'sha256-${await hashOf(style)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
})

const hashOf = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
}

const page = ({ info, paths, components }: OpenApiDocument): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info['title'])}</title><style>${style}</style>
<h1>${escape(info['title'])}</h1><p>${escape(info['description'])} Version ${escape(info['version'])}. As data: <a href="openapi.json">openapi.json</a>.</p>
<h2>Requests</h2>${Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => request(method, path, one))).join('')}
<h2>When a request fails</h2><dl>${Object.entries(problems).map(problem).join('')}</dl>
<h2>Data</h2>${Object.entries(components.schemas).map(schema).join('')}
</html>`

const request = (method: string, path: string, { summary, description, responses }: Operation): string =>
  `<section><h3><code>${escape(method.toUpperCase())} ${escape(path)}</code></h3><p>${escape(summary)}. ${escape(description)}</p><table>${
    Object.entries(responses).map(([status, answer]) => `<tr><th>${escape(status)}<td>${escape((answer as { description?: string }).description)}`).join('')}</table></section>`

const problem = ([code, { status, title, detail }]: [string, { status: number; title: string; detail: string }]): string =>
  `<dt id="${escape(code)}"><code>${escape(code)}</code> (${status}) ${escape(title)}<dd>${escape(detail)}`

const schema = ([name, value]: [string, unknown]): string =>
  `<details id="${escape(name)}"><summary><code>${escape(name)}</code></summary><pre>${escape(JSON.stringify(value, null, 2))}</pre></details>`

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escape = (text: unknown): string => String(text ?? '').replace(/[&<>"']/g, (character) => entities[character]!)
