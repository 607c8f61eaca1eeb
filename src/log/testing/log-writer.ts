// A program that appends to a log at a steady rate until it is killed, and says what was acknowledged:
// `ready`, then `ack <first> <last>` for the numbers of each append's events.
// Arguments: path, run number, events per second.

import { writeSync } from 'node:fs'
import { createRng } from '../../kernel/rng.ts'
import { openSqliteLog } from '../sqlite-log.ts'
import { numbered } from './numbered-events.ts'

const TICK_MS = 4
const APPEND_EVENTS_MAX = 40

const [path = '', run = '0', rate = '5000'] = process.argv.slice(2)
// Straight to the pipe: a line held in a buffer would be lost with the process.
const say = (line: string): number => writeSync(1, `${line}\n`)

const log = await openSqliteLog({ path })
const rng = createRng(`writer ${run}`)
const start = performance.now()
let next = 0
say('ready')
setInterval(() => {
  const due = ((performance.now() - start) * Number(rate)) / 1_000
  while (next < due) {
    const first = next
    const count = 1 + rng.below(APPEND_EVENTS_MAX)
    next += count
    const events = Array.from({ length: count }, (_, index) => numbered(Number(run), first + index))
    void log.append(events).then(() => say(`ack ${first} ${first + count - 1}`))
  }
}, TICK_MS)
