-- A key's end: which keys were destroyed, by which command; identifiers that lead to nobody any more; who is one person
-- across contexts; and context keys that are replaced while the services run.
CREATE TABLE vault.destroyed (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_id text NOT NULL UNIQUE REFERENCES vault.data_keys,
  -- the command that had it destroyed
  command text NOT NULL,
  at timestamptz NOT NULL,
  -- its event stands in the log
  told boolean NOT NULL DEFAULT false
);
CREATE INDEX destroyed_untold ON vault.destroyed (seq) WHERE NOT told;
CREATE INDEX data_keys_destroying ON vault.data_keys (key_id) WHERE state = 'destroying';
CREATE INDEX data_keys_by_subject ON vault.data_keys (subject);
CREATE INDEX data_keys_by_kek ON vault.data_keys (kek, key_id) WHERE state <> 'destroyed';

-- A link without a token: whoever has the identifier was erased by order. It is kept so that nobody new is made of it.
ALTER TABLE vault.links ALTER COLUMN token DROP NOT NULL;
CREATE INDEX links_by_token ON vault.links (token);

-- The tokens of one person, one for each context.
CREATE TABLE vault.persons (
  token text PRIMARY KEY,
  person text NOT NULL
);
CREATE INDEX persons_by_person ON vault.persons (person);

CREATE FUNCTION vault.refuse_relink() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.context <> OLD.context OR NEW.link <> OLD.link OR NEW.token IS NOT NULL THEN
    RAISE EXCEPTION 'UPDATE on vault.links is refused: an identifier is forgotten, never led to somebody else' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER links_are_kept BEFORE DELETE OR TRUNCATE ON vault.links FOR EACH STATEMENT EXECUTE FUNCTION vault.refuse_removal();
CREATE TRIGGER links_never_move BEFORE UPDATE ON vault.links FOR EACH ROW EXECUTE FUNCTION vault.refuse_relink();
CREATE TRIGGER destroyed_are_kept BEFORE DELETE OR TRUNCATE ON vault.destroyed FOR EACH STATEMENT EXECUTE FUNCTION vault.refuse_removal();
ALTER TABLE vault.links ENABLE ALWAYS TRIGGER links_are_kept;
ALTER TABLE vault.links ENABLE ALWAYS TRIGGER links_never_move;
ALTER TABLE vault.destroyed ENABLE ALWAYS TRIGGER destroyed_are_kept;

-- Which of these keys are no longer active. Asked under the lock of the log's head, so that nothing sealed with a destroyed
-- key stands after the event that says so. A role that may append needs no other right on the vault for it.
CREATE FUNCTION vault.ended(keys text[]) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT key_id FROM vault.data_keys WHERE key_id = ANY (keys) AND state <> 'active'
$$;
REVOKE ALL ON FUNCTION vault.ended(text[]) FROM PUBLIC;

GRANT UPDATE (state, kek, wrapped) ON vault.data_keys TO {{app}};
GRANT UPDATE (kek, fingerprint) ON vault.context_keys TO {{app}};
GRANT UPDATE (token) ON vault.links TO {{app}};
GRANT SELECT, INSERT ON vault.destroyed, vault.persons TO {{app}};
GRANT UPDATE (told) ON vault.destroyed TO {{app}};
GRANT EXECUTE ON FUNCTION vault.ended(text[]) TO {{app}};
