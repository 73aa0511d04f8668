-- One row per gateway. JSON columns are written and read whole; nothing queries inside them.
CREATE TABLE gateway (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,
  settings TEXT NOT NULL,
  secrets TEXT NOT NULL,
  status TEXT NOT NULL,
  revision INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);

-- One pointer per tenant, so there is never a second default.
CREATE TABLE default_gateway (
  tenant TEXT NOT NULL PRIMARY KEY,
  gateway_id TEXT NOT NULL
);

CREATE TABLE run (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  gateway_id TEXT,
  started_by TEXT NOT NULL,
  verdict TEXT,
  depth TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX run_by_fingerprint ON run (tenant, fingerprint, started_at);
CREATE INDEX run_by_start ON run (started_at);

-- When a tenant sent its latest test emails; `version` makes counting a compare-and-set.
CREATE TABLE test_count (
  tenant TEXT NOT NULL PRIMARY KEY,
  times TEXT NOT NULL,
  latest BIGINT NOT NULL,
  version INTEGER NOT NULL
);
CREATE INDEX test_count_by_latest ON test_count (latest);
