import { SqliteAdapter } from 'kysely'

/**
 * SQLite as it is used here: one statement a call, which waits for no other one. The library's own lets one call in at a
 * time, and that lock outlives a request that its runtime takes away in the middle of a query: nobody gets in again (fault F108).
 */
export class UnlockedSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}
