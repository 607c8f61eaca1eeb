// Public exports of the log.
export type { Ack, EventLog, LogEvent, NewEvent, Subscriber } from './port.ts'
export type { Column, Dump } from './dump.ts'
