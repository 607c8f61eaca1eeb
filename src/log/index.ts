// Public exports of the log.
export type { Ack, EventLog, LogEvent, NewEvent, Subscriber } from './port.ts'
export type { Column, Dump } from './dump.ts'
export { createMemoryLog, type MemoryLogOptions } from './memory-log.ts'
export { openSqliteLog, type SqliteLogOptions } from './sqlite-log.ts'
export { decodeDump, encodeDump } from './dump-codec.ts'
export { openSnapshots, type SkippedSnapshot, type SnapshotOptions, type SnapshotStore } from './snapshot.ts'
export type { SkipReason, Snapshot } from './snapshot-file.ts'
