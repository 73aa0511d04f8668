/** The tables as `migrations/*.sql` makes them. JSON is text; a BIGINT is ms since 1970. */
export interface Tables {
  gateway: {
    tenant: string
    id: string
    name: string
    mode: string
    settings: string
    secrets: string
    status: string
    revision: number
    created_at: string
    updated_at: string
    updated_by: string
    /** Absent on rows of older versions. */
    digest?: string | null
  }
  default_gateway: { tenant: string; gateway_id: string }
  run: {
    tenant: string
    id: string
    fingerprint: string
    gateway_id: string | null
    started_by: string
    verdict: string | null
    depth: string
    started_at: number
    detail: string
  }
  token: { tenant: string; key: string; sealed: string; issued_at: number; ends_at: number }
  sealing_key: { version: string; sealed: string }
  d1_migrations: { name: string }
  test_count: { tenant: string; times: string; latest: number; version: number }
}

/** The files in `migrations/` this version knows, in order; what a database has besides was made by a newer one. */
export const migrations: readonly string[] = ['0001_init.sql', '0002_tokens.sql', '0003_integrity.sql']
