// The package brings the schema of its database; wrangler applies what lies in a folder beside its configuration.
import { cpSync } from 'node:fs'

cpSync(new URL('migrations/', import.meta.resolve('@mail-gateway/bff/package.json')), new URL('migrations/', import.meta.url), { recursive: true })
