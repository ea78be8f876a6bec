-- The vault's part in PostgreSQL: data keys, only ever wrapped by a context key that lies in the key folder, and links
-- from keyed fingerprints to tokens. No plaintext key and no identifier ever comes here: a deleted row stays in the
-- write-ahead log.
CREATE SCHEMA vault;

-- Ties this database to one key folder: another folder would open nothing.
CREATE TABLE vault.folder (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  fingerprint text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('demonstration', 'production'))
);

-- The context key that wraps now, by context; an old one is dropped when its context's keys are wrapped anew.
CREATE TABLE vault.context_keys (
  context text PRIMARY KEY,
  kek text NOT NULL,
  fingerprint text NOT NULL
);

-- One key per subject and context. A destroyed key leaves its row behind: a late writer, a file that is sent again and
-- a restored backup find it.
CREATE TABLE vault.data_keys (
  key_id text PRIMARY KEY,
  context text NOT NULL,
  subject text NOT NULL,
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'destroying', 'destroyed')),
  kek text NOT NULL,
  wrapped text CHECK ((wrapped IS NULL) = (state = 'destroyed')),
  UNIQUE (context, subject)
);

CREATE TABLE vault.links (
  context text NOT NULL,
  link text NOT NULL,
  token text NOT NULL,
  PRIMARY KEY (context, link)
);

CREATE FUNCTION vault.refuse_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on vault.% is refused: a key is destroyed, never deleted', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION vault.refuse_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.key_id <> OLD.key_id OR NEW.context <> OLD.context OR NEW.subject <> OLD.subject
    OR array_position(ARRAY['active', 'destroying', 'destroyed'], NEW.state) < array_position(ARRAY['active', 'destroying', 'destroyed'], OLD.state) THEN
    RAISE EXCEPTION 'UPDATE on vault.data_keys is refused: a key goes from active to destroying to destroyed, and never back'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER data_keys_are_kept BEFORE DELETE OR TRUNCATE ON vault.data_keys FOR EACH STATEMENT EXECUTE FUNCTION vault.refuse_removal();
CREATE TRIGGER data_keys_never_return BEFORE UPDATE ON vault.data_keys FOR EACH ROW EXECUTE FUNCTION vault.refuse_return();
ALTER TABLE vault.data_keys ENABLE ALWAYS TRIGGER data_keys_are_kept;
ALTER TABLE vault.data_keys ENABLE ALWAYS TRIGGER data_keys_never_return;

REVOKE ALL ON SCHEMA vault FROM PUBLIC;
GRANT USAGE ON SCHEMA vault TO {{app}};
GRANT SELECT, INSERT ON vault.folder, vault.context_keys, vault.data_keys, vault.links TO {{app}};
