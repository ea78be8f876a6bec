-- The bytes of records that could not be accepted, as they came, sealed. What was decided about them are events.
-- A repair adds a version; nothing is changed.
create schema intake;

create table intake.quarantined_bytes (
  arrival       bigint generated always as identity,
  id            uuid   not null,
  version       int    not null,
  -- the stream of the record that it speaks of, where that could be read: what waits for an incident is found by it
  record_stream text,
  key_id        text   not null,
  nonce         bytea  not null,
  sealed        bytea  not null,
  primary key (id, version)
);
create index quarantined_bytes_by_record on intake.quarantined_bytes (record_stream, arrival) where record_stream is not null;

grant usage on schema intake to {{app}};
grant select, insert on intake.quarantined_bytes to {{app}};
