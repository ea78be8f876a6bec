-- Read models and the places up to which followers have come. Everything here can be dropped and made again from the log,
-- except reactions' checkpoints: without them a reaction starts from the beginning, which its command ids make harmless.
-- The application makes its own read-model tables, so that a rebuild needs no owner.
CREATE SCHEMA read;
GRANT USAGE, CREATE ON SCHEMA read TO {{app}};

CREATE TABLE read.checkpoints (
  name    text   COLLATE "C" PRIMARY KEY,
  -- the log that the ordinal counts in: a checkpoint of another log means nothing here
  log     uuid   NOT NULL,
  ordinal bigint NOT NULL CHECK (ordinal >= 0),
  -- version of the fold that wrote the rows; another one means: rebuild
  version integer NOT NULL CHECK (version > 0),
  -- events that the fold did not know; more than none means: rebuild once it does
  skipped bigint NOT NULL DEFAULT 0 CHECK (skipped >= 0)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON read.checkpoints TO {{app}};
