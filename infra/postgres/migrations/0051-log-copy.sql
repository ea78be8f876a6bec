-- An empty log may take the id of the log that is copied into it (chorus log copy); one that has an event keeps its own.
CREATE OR REPLACE FUNCTION log.refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ordinal = 0 AND NEW.ordinal = 0 AND OLD.promised IS NULL AND NEW.link = sha256(convert_to('chorus-log|' || NEW.log::text, 'UTF8')) THEN
    RETURN NEW;
  END IF;
  IF NEW.log <> OLD.log OR NEW.ordinal < OLD.ordinal OR NEW.recordedtime < OLD.recordedtime OR NEW.promised < OLD.promised
    OR (NEW.ordinal = OLD.ordinal AND NEW.link <> OLD.link) THEN
    RAISE EXCEPTION 'UPDATE on log.head is refused: the head of the log only moves forwards' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;
