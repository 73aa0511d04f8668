-- A hash of what was written: tells a record that was damaged afterwards. Older rows get theirs with their next save.
ALTER TABLE gateway ADD COLUMN digest TEXT;

-- One text for each key that ever sealed here, sealed with it: another key under its name is noticed before it is used.
CREATE TABLE sealing_key (
  version TEXT NOT NULL PRIMARY KEY,
  sealed TEXT NOT NULL
);
