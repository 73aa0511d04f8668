-- Sealed caches of access tokens; any row may be lost, then a new token is asked for.
CREATE TABLE token (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  sealed TEXT NOT NULL,
  issued_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, key)
);
CREATE INDEX token_by_end ON token (ends_at);
