-- Who is one person, proven: each row has its place in one chain, and an HMAC under the vault's secret over its place, itself and
-- the row before it (libs/privacy/src/persons.ts). Rows of before this have none until a service with the vault starts the first time.
ALTER TABLE vault.persons ADD COLUMN place bigint CHECK (place > 0), ADD COLUMN proof text CHECK ((proof IS NULL) = (place IS NULL));
ALTER TABLE vault.persons ADD CONSTRAINT persons_place_key UNIQUE (place);

CREATE FUNCTION vault.refuse_person_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.token <> OLD.token OR NEW.person <> OLD.person OR OLD.place IS NOT NULL THEN
    RAISE EXCEPTION 'UPDATE on vault.persons is refused: who is one person is noted once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER persons_are_kept BEFORE DELETE OR TRUNCATE ON vault.persons FOR EACH STATEMENT EXECUTE FUNCTION vault.refuse_removal();
CREATE TRIGGER persons_never_change BEFORE UPDATE ON vault.persons FOR EACH ROW EXECUTE FUNCTION vault.refuse_person_change();
ALTER TABLE vault.persons ENABLE ALWAYS TRIGGER persons_are_kept;
ALTER TABLE vault.persons ENABLE ALWAYS TRIGGER persons_never_change;
GRANT UPDATE (place, proof) ON vault.persons TO {{app}};
