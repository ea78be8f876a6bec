-- How far the log was signed, of which log, by which key: a second place that has lost checkpoints is noticed by it. The
-- checkpoints themselves are not here: whoever owns this database must not be able to change them.
CREATE TABLE bus.signed_through (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  log        uuid    NOT NULL,
  ordinal    bigint  NOT NULL CHECK (ordinal > 0),
  public_key text    NOT NULL,
  -- of the lease "signer": whoever had it before can write it no more
  epoch      bigint  NOT NULL CHECK (epoch > 0)
);
GRANT SELECT, INSERT, UPDATE ON bus.signed_through TO {{app}};
