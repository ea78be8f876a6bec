/**
 * The baseline of the append bench: the same table without links, the same durability, the same gapless order from one
 * counter row, one transaction for each append, in a single statement (one round trip: as quick as this gets).
 */
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import type { NewEvent } from '@chorus/event-store'

export const BASELINE_SCHEMA = `
  CREATE SCHEMA baseline;
  CREATE TABLE baseline.events (
    ordinal bigint PRIMARY KEY, stream text COLLATE "C" NOT NULL, category text COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(stream, '-', 1)) STORED,
    revision bigint NOT NULL, id uuid NOT NULL UNIQUE, type text COLLATE "C" NOT NULL, content text COLLATE "C" NOT NULL, recordedtime timestamptz NOT NULL, text text COLLATE "C" NOT NULL,
    UNIQUE (stream, revision)
  );
  CREATE INDEX ON baseline.events (category, ordinal);
  CREATE TABLE baseline.head (one boolean PRIMARY KEY DEFAULT true, ordinal bigint NOT NULL) WITH (fillfactor = 10);
  INSERT INTO baseline.head (ordinal) VALUES (0);
  GRANT USAGE ON SCHEMA baseline TO {{app}};
  GRANT SELECT, INSERT ON baseline.events TO {{app}};
  GRANT SELECT, UPDATE ON baseline.head TO {{app}};`

const APPEND = `
  WITH head AS (UPDATE baseline.head SET ordinal = ordinal + $1::bigint RETURNING ordinal - $1::bigint AS ordinal)
  INSERT INTO baseline.events (ordinal, stream, revision, id, type, content, recordedtime, text)
  SELECT head.ordinal + e.n, $2, $3::bigint + e.n, e.id::uuid, e.type, e.content, clock_timestamp(), e.text
  FROM head, unnest(string_to_array($4, E'\\n'), string_to_array($5, E'\\n'), string_to_array($6, E'\\n'), string_to_array($7, E'\\n')) WITH ORDINALITY AS e(id, type, content, text, n)`

export class BaselineStore {
  private readonly sql: Sql
  constructor(url: string, connections: number) { this.sql = postgres(url, { max: connections, fetch_types: false }) }

  /** Appends after this revision; a stream that has moved is refused by the table's own key. */
  async append(stream: string, revision: number, events: readonly NewEvent[]): Promise<void> {
    const column = (value: (event: NewEvent) => string): string => events.map(value).join('\n')
    await this.sql.unsafe(APPEND, [events.length, stream, revision, column((e) => e.id), column((e) => e.type), column((e) => e.content), column((e) => JSON.stringify({ ...e.body, stream, revision }))], { prepare: true })
  }

  async close(): Promise<void> { await this.sql.end() }
}
