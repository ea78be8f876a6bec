-- The event log. Rows of log.events are never changed or removed: triggers refuse it, for the owner too.
-- text is the stored text (canonical JSON); link chains it to everything before. log.head is the one counter row:
-- who holds its lock gives the next ordinals, so ordinals are gapless and in commit order.
CREATE SCHEMA log;

CREATE TABLE log.events (
  ordinal      bigint      NOT NULL,
  stream       text        COLLATE "C" NOT NULL,
  category     text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(stream, '-', 1)) STORED,
  revision     bigint      NOT NULL CHECK (revision >= 0),
  id           uuid        NOT NULL,
  type         text        COLLATE "C" NOT NULL,
  content      text        COLLATE "C" NOT NULL,
  recordedtime timestamptz NOT NULL,
  text         text        COLLATE "C" NOT NULL,
  link         bytea       NOT NULL CHECK (octet_length(link) = 32),
  CONSTRAINT events_pkey PRIMARY KEY (ordinal),
  CONSTRAINT events_id_key UNIQUE (id),
  CONSTRAINT events_stream_revision_key UNIQUE (stream, revision)
);
CREATE INDEX events_category_ordinal_idx ON log.events (category, ordinal);
-- events of usual size stay in their row, uncompressed: replay reads them in one pass
ALTER TABLE log.events SET (toast_tuple_target = 4080);

CREATE TABLE log.head (
  one          boolean     PRIMARY KEY DEFAULT true CHECK (one),
  log          uuid        NOT NULL,
  ordinal      bigint      NOT NULL,
  link         bytea       NOT NULL CHECK (octet_length(link) = 32),
  recordedtime timestamptz,
  -- an "as of recorded T" was answered up to here: no later event may be stamped before it
  promised     timestamptz
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

INSERT INTO log.head (log, ordinal, link)
SELECT id, 0, sha256(convert_to('chorus-log|' || id::text, 'UTF8')) FROM (SELECT gen_random_uuid() AS id) AS new_log;

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on log.% is refused: the log is only ever added to', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', HINT = 'Record a correction as a new event.';
END
$$;

CREATE FUNCTION log.refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.log <> OLD.log OR NEW.ordinal < OLD.ordinal OR NEW.recordedtime < OLD.recordedtime OR NEW.promised < OLD.promised
    OR (NEW.ordinal = OLD.ordinal AND NEW.link <> OLD.link) THEN
    RAISE EXCEPTION 'UPDATE on log.head is refused: the head of the log only moves forwards' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON log.events FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER head_is_kept BEFORE INSERT OR DELETE OR TRUNCATE ON log.head FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER head_moves_forwards BEFORE UPDATE ON log.head FOR EACH ROW EXECUTE FUNCTION log.refuse_step_back();
-- ALWAYS: also where a session replays a replica's changes
ALTER TABLE log.events ENABLE ALWAYS TRIGGER events_are_kept;
ALTER TABLE log.head ENABLE ALWAYS TRIGGER head_is_kept;
ALTER TABLE log.head ENABLE ALWAYS TRIGGER head_moves_forwards;

REVOKE ALL ON SCHEMA log FROM PUBLIC;
GRANT USAGE ON SCHEMA log TO {{app}};
GRANT SELECT, INSERT ON log.events TO {{app}};
GRANT SELECT, UPDATE ON log.head TO {{app}};
