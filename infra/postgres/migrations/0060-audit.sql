-- The audit log: who read which person's record, and what for. Apart from the event log, with a chain of its own. Services
-- only ever add to it, through audit.record; nobody changes or removes an entry, its owner included.
-- link = SHA-256(previous link | ordinal | time | SHA-256(text)), genesis SHA-256('chorus-log|' + log): as in the event log.
CREATE SCHEMA audit;

CREATE TABLE audit.entries (
  ordinal bigint      PRIMARY KEY,
  time    timestamptz NOT NULL,
  -- canonical JSON; ids and codes alone, what was searched for as keyed HMACs
  text    text        COLLATE "C" NOT NULL CHECK (octet_length(text) <= 262144),
  link    bytea       NOT NULL CHECK (octet_length(link) = 32)
);

CREATE TABLE audit.head (
  one     boolean     PRIMARY KEY DEFAULT true CHECK (one),
  log     uuid        NOT NULL,
  ordinal bigint      NOT NULL,
  link    bytea       NOT NULL CHECK (octet_length(link) = 32),
  time    timestamptz
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

INSERT INTO audit.head (log, ordinal, link)
SELECT id, 0, sha256(convert_to('chorus-log|' || id::text, 'UTF8')) FROM (SELECT gen_random_uuid() AS id) AS new_log;

-- With the rights of its owner: whoever may call it can add an entry at the end, and nothing else.
CREATE FUNCTION audit.record(entry text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  last   audit.head;
  now_at timestamptz;
  linked bytea;
BEGIN
  SELECT * INTO STRICT last FROM audit.head FOR UPDATE;
  now_at := greatest(clock_timestamp(), last.time);
  linked := sha256(convert_to(concat_ws('|', encode(last.link, 'hex'), last.ordinal + 1, to_char(now_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    encode(sha256(convert_to(entry, 'UTF8')), 'hex')), 'UTF8'));
  UPDATE audit.head SET ordinal = last.ordinal + 1, link = linked, time = now_at;
  INSERT INTO audit.entries (ordinal, time, text, link) VALUES (last.ordinal + 1, now_at, entry, linked);
  RETURN last.ordinal + 1;
END
$$;

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on audit.% is refused: the audit log is only ever added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION audit.refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.log <> OLD.log OR NEW.ordinal <> OLD.ordinal + 1 OR NEW.time < OLD.time THEN
    RAISE EXCEPTION 'UPDATE on audit.head is refused: the head of the audit log only moves forwards' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER entries_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.entries FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER head_is_kept BEFORE INSERT OR DELETE OR TRUNCATE ON audit.head FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER head_moves_forwards BEFORE UPDATE ON audit.head FOR EACH ROW EXECUTE FUNCTION audit.refuse_step_back();
ALTER TABLE audit.entries ENABLE ALWAYS TRIGGER entries_are_kept;
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER head_is_kept;
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER head_moves_forwards;

REVOKE ALL ON SCHEMA audit FROM PUBLIC;
REVOKE ALL ON FUNCTION audit.record(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO {{app}};
GRANT EXECUTE ON FUNCTION audit.record(text) TO {{app}};
GRANT SELECT ON audit.entries, audit.head TO {{app}};
