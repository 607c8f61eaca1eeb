// `windvane send-time`: when people answer, from a plain CSV of sends, without a server: who was written to, when, and
// whether they answered. Says how far that is known, and writes each person's best hour.

import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { datesOf, lineOf, readableRows, type TextColumn, type TextTable } from '../../connect/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { isTimeZone, localTime } from '../../kernel/time.ts'
import { assessSendTime, bestHourOf, type PastSend, type SendTime } from '../../model/index.ts'
import { note, print } from '../output.ts'
import { columnFor, csvCell, languageOf, namedColumn, outcomeOf, readRows, usualColumn } from './columns.ts'
import { renderSendTime } from './send-time-text.ts'

type SendTimeOptions = {
  readonly person?: string
  readonly sentAt?: string
  readonly responded?: string
  readonly segment?: string
  readonly random?: string
  readonly personZone?: string
  readonly zone: string
  readonly format?: string
  readonly out?: string
  readonly lang: string
  readonly json: boolean
}

const PERSONS = ['person', 'customer_id', 'user_id', 'client_id', 'profile_id', 'email', 'id', 'клиент']
const SENT = ['sent_at', 'sent', 'send_time', 'sent_time', 'timestamp', 'date', 'time', 'отправлено', 'дата']
const RESPONDED = ['responded', 'response', 'clicked', 'opened', 'answered', 'converted', 'target', 'ответ']
const SEGMENTS = ['segment', 'group', 'сегмент']
const RANDOM = ['random', 'randomised', 'randomized', 'explore', 'случайно']
const ZONES = ['timezone', 'time_zone', 'tz', 'часовой_пояс']

export const sendTimeCommand = (): Command =>
  new Command('send-time')
    .description(
      'when people answer: hours and weekdays from a CSV of sends, pooled, with what is not known yet',
    )
    .argument('<file>', 'CSV or NDJSON, a row per send: person, sent_at, responded')
    .option('--person <column>', 'who was written to (default: person, customer_id and the like)')
    .option('--sent-at <column>', 'when it left (default: sent_at, timestamp and the like)')
    .option('--responded <column>', 'yes or no (default: responded, clicked and the like)')
    .option('--segment <column>', 'the segment of the person (default: segment, if there is one)')
    .option(
      '--random <column>',
      'whether the hour was drawn by chance (default: random, if there is one; else all are taken to be)',
    )
    .option('--person-zone <column>', 'time zone of the person (default: timezone, if there is one)')
    .option('--zone <zone>', 'of dates and of people that have none', 'UTC')
    .option('--format <format>', 'of the dates, such as DD.MM.YYYY HH:mm')
    .option('--out <file>', "write each person's best hour here (CSV)")
    .option('--lang <language>', 'en or ru', 'en')
    .option('--json', 'answer as one JSON document', false)
    .action(async (file: string, options: SendTimeOptions) => {
      const lang = languageOf(options.lang)
      const read = await readRows(file)
      const sends = sendsOf(read, options)
      const { assessment, model } = assessSendTime(sends)
      if (options.out !== undefined) writeHours(options.out, model, sends)
      print({ json: options.json }, assessment, (found) => renderSendTime(found, lang))
    })

const sendsOf = (read: TextTable, options: SendTimeOptions): readonly PastSend[] => {
  if (!isTimeZone(options.zone)) throw zoneUnknown(options.zone, '--zone')
  const person = columnFor(read, options.person, { option: '--person', usual: PERSONS })
  const sent = columnFor(read, options.sentAt, { option: '--sent-at', usual: SENT })
  const responded = columnFor(read, options.responded, { option: '--responded', usual: RESPONDED })
  const optional = (named: string | undefined, usual: readonly string[], option: string) =>
    named === undefined ? usualColumn(read, usual) : namedColumn(read, named, option)
  const segment = optional(options.segment, SEGMENTS, '--segment')
  const random = optional(options.random, RANDOM, '--random')
  const zones = optional(options.personZone, ZONES, '--person-zone')
  if (random === undefined)
    note(
      'No column says which hours were drawn by chance: all are taken to be. If people were written to when they were thought to answer, this shows when they were written to.',
    )
  const names = person.cells.map((cell) => cell.trim())
  const times = sent.cells.map((cell) => cell.trim())
  const { at, format, isUnsure } = datesOf(times, {
    format: options.format,
    zone: options.zone,
    option: '--format',
  })
  if (isUnsure) note(`"${sent.name}" may begin with the day or the month: the day was assumed (--format).`)
  const { rows, remark } = readableRows(read.path, read, [
    { column: person.name, texts: names, values: null, is: 'a person', option: '--person' },
    { column: sent.name, texts: times, values: at, is: `a date (${format})`, option: '--sent-at' },
  ])
  if (remark !== null) note(remark)
  return sendsIn(read, rows, {
    names,
    at,
    answered: outcomeOf(read, responded, '--responded'),
    segments: segment,
    random: random === undefined ? undefined : outcomeOf(read, random, '--random'),
    zones,
    zone: options.zone,
  })
}

type Columns = {
  readonly names: readonly string[]
  readonly at: Float64Array
  readonly answered: Uint8Array
  readonly segments: TextColumn | undefined
  readonly random: Uint8Array | undefined
  readonly zones: TextColumn | undefined
  readonly zone: string
}

const sendsIn = (
  read: TextTable,
  rows: readonly number[],
  { names, at, answered, segments, random, zones, zone }: Columns,
): readonly PastSend[] =>
  rows.map((row) => {
    const own = zones?.cells[row]?.trim() ?? ''
    if (own !== '' && !isTimeZone(own)) throw zoneUnknown(own, `line ${lineOf(read, row)} of ${read.path}`)
    const { hour, weekday } = localTime(at[row] as number, own === '' ? zone : own)
    const segment = segments?.cells[row]?.trim() ?? ''
    return {
      person: names[row] ?? '',
      segments: segment === '' ? [] : [segment],
      at: at[row] as number,
      hour,
      weekday,
      answered: answered[row] === 1 ? 1 : 0,
      random: random === undefined || random[row] === 1,
    }
  })

const zoneUnknown = (zone: string, where: string): Failure =>
  new Failure({
    code: 'send_time.zone',
    message: `"${zone}" (${where}) is no time zone.`,
    hint: 'Write one like Europe/Berlin.',
  })

const writeHours = (path: string, model: SendTime, sends: readonly PastSend[]): void => {
  const people = new Map(sends.map(({ person, segments }) => [person, segments]))
  const lines = [...people].map(
    ([person, segments]) => `${csvCell(person)},${bestHourOf(model, { person, segments })}`,
  )
  writeFileSync(path, `${['person,best_hour', ...lines].join('\n')}\n`)
}
