-- A log that chorus log copy is leading here is no log yet: no service opens it until the copy is finished. Set and ended by the owner alone.
ALTER TABLE log.head ADD COLUMN copying boolean NOT NULL DEFAULT false;
