/** Where followers stand: one row each in read.checkpoints, written in the transaction of what it stands for. */
import type { Sql, TransactionSql } from 'postgres'

export interface Checkpoint { readonly log: string; readonly ordinal: number; readonly version: number; readonly skipped: number }

/** Thrown at start: the checkpoint was made for another log, or lies beyond this log's end. */
export class CheckpointOfAnotherLog extends Error {
  constructor(readonly follower: string, message: string) { super(message); this.name = 'CheckpointOfAnotherLog' }
}
/** Thrown when another process moved the checkpoint meanwhile: what was done in this transaction is undone. */
export class CheckpointMoved extends Error {
  constructor(readonly follower: string) { super(`the checkpoint of ${follower} was moved by another process; read it again`); this.name = 'CheckpointMoved' }
}

type Db = Sql | TransactionSql

export async function readCheckpoint(db: Db, name: string): Promise<Checkpoint | null> {
  const [row] = await db<{ log: string; ordinal: string; version: number; skipped: string }[]>`select log, ordinal, version, skipped from read.checkpoints where name = ${name}`
  return row ? { log: row.log, ordinal: Number(row.ordinal), version: row.version, skipped: Number(row.skipped) } : null
}

/** Makes the checkpoint at 0 where there is none. */
export async function makeCheckpoint(db: Db, name: string, log: string, version: number): Promise<void> {
  await db`insert into read.checkpoints (name, log, ordinal, version) values (${name}, ${log}, 0, ${version}) on conflict (name) do nothing`
}

/** Moves it from `from` to `to`; throws CheckpointMoved where it does not stand at `from`. */
export async function moveCheckpoint(db: Db, name: string, from: number, to: number, skipped = 0): Promise<void> {
  const moved = await db`update read.checkpoints set ordinal = ${to}, skipped = skipped + ${skipped} where name = ${name} and ordinal = ${from}`
  if (moved.count !== 1) throw new CheckpointMoved(name)
}

/** Back to the beginning, for a rebuild. */
export async function resetCheckpoint(db: Db, name: string, log: string, version: number): Promise<void> {
  await db`insert into read.checkpoints (name, log, ordinal, version) values (${name}, ${log}, 0, ${version})
    on conflict (name) do update set log = excluded.log, ordinal = 0, version = excluded.version, skipped = 0`
}
