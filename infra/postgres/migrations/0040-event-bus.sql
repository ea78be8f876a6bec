-- What consumers of the bus have seen, and where they wait. Dropping a consumer's rows makes it start from the log again,
-- which its command ids make harmless.
CREATE SCHEMA bus;
GRANT USAGE ON SCHEMA bus TO {{app}};

-- One row for each consumer: which log its positions count in.
CREATE TABLE bus.consumers (
  name    text COLLATE "C" PRIMARY KEY,
  log     uuid   NOT NULL,
  -- the log was read through here when the consumer began, before it listened to the bus; null: it is still catching up
  caught_up bigint CHECK (caught_up >= 0)
);

-- The last revision of each stream whose effect is durable.
CREATE TABLE bus.positions (
  consumer text   COLLATE "C" NOT NULL REFERENCES bus.consumers (name) ON DELETE CASCADE,
  topic    text   COLLATE "C" NOT NULL,
  stream   text   COLLATE "C" NOT NULL,
  revision bigint NOT NULL CHECK (revision >= 0),
  PRIMARY KEY (consumer, topic, stream)
);

-- A stream that waits: the event at `revision` could not be worked, what came later in the same stream waits behind it.
-- By reference: the event itself is read from the log.
CREATE TABLE bus.parked (
  consumer text   COLLATE "C" NOT NULL REFERENCES bus.consumers (name) ON DELETE CASCADE,
  topic    text   COLLATE "C" NOT NULL,
  stream   text   COLLATE "C" NOT NULL,
  id       uuid   NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  revision bigint NOT NULL CHECK (revision >= 0),
  -- null for a hole: what should stand there never came
  event_id uuid,
  type     text,
  kind     text   NOT NULL CHECK (kind IN ('deferred', 'retriable', 'permanent', 'hole')),
  -- a name for the cause, the same for the same fault, so that they can be counted and retried together
  cause    text   NOT NULL,
  detail   text   NOT NULL,
  since    timestamptz NOT NULL,
  attempts integer NOT NULL CHECK (attempts > 0),
  -- null: only a person brings it back
  next_try timestamptz,
  -- the highest revision that was seen and waits; the stream goes on by itself again once all through here is worked
  behind   bigint NOT NULL CHECK (behind >= revision),
  -- a process is at it; when it dies, another takes it from here on
  claimed_until timestamptz,
  PRIMARY KEY (consumer, topic, stream)
);

CREATE INDEX parked_due ON bus.parked (consumer, next_try) WHERE next_try IS NOT NULL;

-- Owners of what only one process may do at a time (the relay; a group that reads the log itself). `epoch` rises with every change of owner.
CREATE TABLE bus.leases (
  name    text COLLATE "C" PRIMARY KEY,
  owner   text NOT NULL,
  epoch   bigint NOT NULL CHECK (epoch > 0),
  expires timestamptz NOT NULL
);

-- How far the relay has published, of which log.
CREATE TABLE bus.published (
  name    text   COLLATE "C" PRIMARY KEY,
  log     uuid   NOT NULL,
  ordinal bigint NOT NULL CHECK (ordinal >= 0),
  epoch   bigint NOT NULL CHECK (epoch > 0),
  -- events that were refused because they may never be on a shared topic
  refused bigint NOT NULL DEFAULT 0 CHECK (refused >= 0)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bus TO {{app}};
