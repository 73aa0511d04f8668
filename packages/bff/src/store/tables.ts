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
  test_count: { tenant: string; times: string; latest: number; version: number }
}
