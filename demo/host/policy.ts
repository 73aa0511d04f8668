import type { Context, Next } from 'hono'

const directives = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
  "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", 'trusted-types lit-html',
  // Not `report-to`: browsers prefer it and deliver it over https only, so that here nothing would ever be reported.
  'report-uri /csp-reports',
]

/** The strictest policy a product can live under: no inline code or style, and no string becomes markup. */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy': directives.join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** Puts the policy on every answer that has none of its own. */
export const withPolicy = async (context: Context, next: Next): Promise<void> => {
  await next()
  if (context.res.headers.has('content-security-policy')) return
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
}

const most = 500
const largest = 65_536

/** What browsers reported against the policy, newest last: a test reads that there is nothing. */
export class Reports {
  readonly #reports: unknown[] = []

  /** Takes one report as a browser posts it. Throws SyntaxError on anything that is no JSON. */
  async receive(request: Request): Promise<void> {
    this.#reports.push(JSON.parse((await request.text()).slice(0, largest)))
    this.#reports.splice(0, this.#reports.length - most)
  }

  list(): readonly unknown[] {
    return this.#reports
  }

  clear(): void {
    this.#reports.length = 0
  }
}
