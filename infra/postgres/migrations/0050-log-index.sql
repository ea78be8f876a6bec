-- Where the log is in KurrentDB (CHORUS_LOG_URL): the place of each of its events, which KurrentDB does not give: ordinal,
-- recorded time and link, assigned by one follower at a time (decision 0040). Empty where the log is in PostgreSQL.
-- Places are never changed or removed, for the owner too. head holds how far the follower has come, and who it is.
CREATE SCHEMA log_index;

CREATE TABLE log_index.events (
  ordinal          bigint      NOT NULL,
  commit_position  bigint      NOT NULL,
  prepare_position bigint      NOT NULL,
  stream           text        COLLATE "C" NOT NULL,
  category         text        COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(stream, '-', 1)) STORED,
  revision         bigint      NOT NULL CHECK (revision >= 0),
  id               uuid        NOT NULL,
  type             text        COLLATE "C" NOT NULL,
  content          text        COLLATE "C" NOT NULL,
  recordedtime     timestamptz NOT NULL,
  link             bytea       NOT NULL CHECK (octet_length(link) = 32),
  CONSTRAINT events_pkey PRIMARY KEY (ordinal),
  CONSTRAINT events_stream_revision_key UNIQUE (stream, revision)
);
-- not unique: KurrentDB takes the same id in two streams, and what it has taken has a place
CREATE INDEX events_id_idx ON log_index.events (id);
CREATE INDEX events_category_ordinal_idx ON log_index.events (category, ordinal);

CREATE TABLE log_index.head (
  one              boolean     PRIMARY KEY DEFAULT true CHECK (one),
  log              uuid        NOT NULL,
  ordinal          bigint      NOT NULL,
  link             bytea       NOT NULL CHECK (octet_length(link) = 32),
  recordedtime     timestamptz,
  promised         timestamptz,
  -- looked at through here, in KurrentDB's own positions; null: nothing yet
  commit_position  bigint,
  prepare_position bigint,
  -- the follower that may assign, until when, and the how-manieth it is: one that woke up late is known by its number
  owner            uuid,
  owned_until      timestamptz,
  term             bigint      NOT NULL DEFAULT 0
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE FUNCTION log_index.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on log_index.% is refused: places are only ever added', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION log_index.refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.log <> OLD.log OR NEW.ordinal < OLD.ordinal OR NEW.recordedtime < OLD.recordedtime OR NEW.promised < OLD.promised OR NEW.term < OLD.term
    OR NEW.commit_position < OLD.commit_position OR (NEW.ordinal = OLD.ordinal AND NEW.link <> OLD.link) THEN
    RAISE EXCEPTION 'UPDATE on log_index.head is refused: the places of the log only move forwards' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON log_index.events FOR EACH STATEMENT EXECUTE FUNCTION log_index.refuse_change();
CREATE TRIGGER head_is_kept BEFORE DELETE OR TRUNCATE ON log_index.head FOR EACH STATEMENT EXECUTE FUNCTION log_index.refuse_change();
CREATE TRIGGER head_moves_forwards BEFORE UPDATE ON log_index.head FOR EACH ROW EXECUTE FUNCTION log_index.refuse_step_back();
ALTER TABLE log_index.events ENABLE ALWAYS TRIGGER events_are_kept;
ALTER TABLE log_index.head ENABLE ALWAYS TRIGGER head_is_kept;
ALTER TABLE log_index.head ENABLE ALWAYS TRIGGER head_moves_forwards;

REVOKE ALL ON SCHEMA log_index FROM PUBLIC;
GRANT USAGE ON SCHEMA log_index TO {{app}};
GRANT SELECT, INSERT ON log_index.events TO {{app}};
GRANT SELECT, INSERT, UPDATE ON log_index.head TO {{app}};
