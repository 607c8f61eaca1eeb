import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { isFailure } from '../kernel/failure.ts'
import { createMemoryLog, type Ack, type EventLog, type LogEvent, type NewEvent } from '../log/index.ts'
import type { Signal } from '../signal/events.ts'
import {
  consentOfSignal,
  createSignalState,
  foldSignal,
  orderOf,
  refundOf,
  signalHealth,
} from '../signal/index.ts'
import type { MappingGuess } from './guess-mapping.ts'
import { importFile, type ImportInput, type ImportProgress } from './import-file.ts'
import type { ImportKind } from './mapping-schema.ts'
import { parseMapping } from './mapping.ts'

const NOW = Date.UTC(2026, 5, 1)
let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'windvane-import-'))
})
after(async () => {
  await rm(folder, { recursive: true, force: true })
})

let files = 0
const fileOf = async (content: string | Uint8Array, name = 'data.csv'): Promise<string> => {
  const path = join(folder, `${++files}-${name}`)
  await writeFile(path, content)
  return path
}

const run = async (
  file: string,
  as: ImportKind,
  map: string | null,
  more: Partial<ImportInput> = {},
  log = createMemoryLog(),
) => {
  const mapping = map === null ? {} : { map: parseMapping(map, as) }
  const summary = await importFile({ file, as, append: log.append, now: () => NOW, ...mapping, ...more })
  return { summary, log }
}

const eventsOf = async (log: EventLog): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const page of log.read()) events.push(...page)
  return events
}

const signalsOf = async (log: EventLog): Promise<readonly Signal[]> => {
  const state = createSignalState()
  return (await eventsOf(log)).flatMap((event) => foldSignal(state, event))
}

const failureOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
  } catch (thrown) {
    assert.ok(isFailure(thrown), String(thrown))
    return `${thrown.code} ${thrown.message} ${thrown.hint ?? ''}`
  }
  return assert.fail('it did not fail')
}

const EVENTS = 'name: shop\nfields: { userId: user, at: time, event: what }\nproperties: { page: page }'
const EVENTS_CSV = 'user,time,what,page\nu1,2026-01-01T10:00:00Z,Seen,/a\nu2,2026-01-01T11:00:00Z,Seen,/b\n'

describe('importing', () => {
  it('IM1 makes a file into what the tracking API would have received', async () => {
    const { summary, log } = await run(await fileOf(EVENTS_CSV), 'events', EVENTS)
    assert.deepEqual(summary, {
      name: 'shop',
      source: 'import:shop',
      rows: 2,
      imported: 2,
      rejected: 0,
      duplicates: 0,
      reasons: {},
      rejectsPath: null,
    })
    const [first] = await signalsOf(log)
    assert.equal(first?.name, 'Seen')
    assert.equal(first?.source, 'import:shop')
    assert.equal(first?.at, Date.UTC(2026, 0, 1, 10))
    assert.deepEqual(first?.properties, { page: '/a' })
  })

  it('IM3 changes nothing when run again, from a renamed copy too', async () => {
    const { log } = await run(await fileOf(EVENTS_CSV), 'events', EVENTS)
    const before = await eventsOf(log)
    const again = await run(
      await fileOf(gzipSync(EVENTS_CSV), 'copy.csv.gz'),
      'events',
      EVENTS,
      { now: () => NOW + 9 },
      log,
    )
    assert.deepEqual([again.summary.imported, again.summary.duplicates], [0, 2])
    assert.deepEqual(await eventsOf(log), before)
  })

  it('IM3 takes only the new rows of a file that has grown', async () => {
    const { log } = await run(await fileOf(EVENTS_CSV), 'events', EVENTS)
    await run(await fileOf(`${EVENTS_CSV}u3,2026-01-01T12:00:00Z,Seen,/c\n`), 'events', EVENTS, {}, log)
    const state = createSignalState()
    for (const event of await eventsOf(log)) foldSignal(state, event)
    const [row] = signalHealth(state).rows
    assert.deepEqual([row?.accepted, row?.duplicates, row?.conflicts], [3, 2, 0])
  })

  it('IM4 writes bad rows beside the file with line and reason, and imports the rest', async () => {
    const csv = [
      'user,time,what,page',
      'u1,2026-02-31T10:00:00Z,Seen,/a',
      'u2,2026-01-01T10:00:00Z,Seen,/b',
      'u3,2026-01-01T10:00:00Z,Seen',
      ',2026-01-01T10:00:00Z,Seen,/c',
      'u4,2026-01-01T10:00:00Z,,/d',
      `u5,2026-01-01T10:00:00Z,${'x'.repeat(600)},/e`,
      '"u6,2026-01-01T10:00:00Z,Seen,/f',
      'u7,2026-01-01T10:00:00Z,Seen,/g',
      '',
    ].join('\n')
    const file = await fileOf(csv)
    const { summary } = await run(file, 'events', EVENTS)
    assert.deepEqual([summary.rows, summary.imported, summary.rejected], [8, 2, 6])
    assert.equal(summary.rejectsPath, `${file}.rejected.ndjson`)
    const text = await readFile(`${file}.rejected.ndjson`, 'utf8')
    const rejects = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; code: string; reason: string })
    assert.deepEqual(
      rejects.map(({ line, code }) => [line, code]),
      [
        [2, 'not_a_date'],
        [4, 'column_count'],
        [5, 'nobody'],
        [6, 'required_missing'],
        [7, 'name_invalid'],
        [8, 'quote_open'],
      ],
    )
    assert.ok(rejects.every(({ reason }) => reason.length > 10))
    await run(file, 'events', EVENTS)
    assert.equal(await readFile(`${file}.rejected.ndjson`, 'utf8'), text)
    await writeFile(file, EVENTS_CSV)
    await run(file, 'events', EVENTS)
    assert.equal(existsSync(`${file}.rejected.ndjson`), false, 'rejects of an earlier run are gone')
  })

  it('IM4 stops when none of the first rows fits', async () => {
    const file = await fileOf(`user,time,what,page\n${'u1,yesterday,Seen,/a\n'.repeat(2_000)}`)
    const failure = await failureOf(run(file, 'events', EVENTS))
    assert.match(failure, /import\.nothing_fits.*"yesterday" is not a date/s)
    assert.equal(existsSync(`${file}.rejected.ndjson`), false)
    assert.equal(existsSync(`${file}.rejected.ndjson.part`), false)
  })

  it('IM2 finds out delimiter, byte order mark, encoding and gzip by itself', async () => {
    const semicolons = `\ufeffuser;time;what;page\nu1;2026-01-01T10:00:00Z;Seen;"a,b;c"\n`
    for (const content of [
      Buffer.from(semicolons),
      gzipSync(semicolons),
      Buffer.from(semicolons, 'utf16le'),
      Buffer.from(`sep=;\n${semicolons.slice(1)}`),
      Buffer.from(semicolons.replaceAll(';', '\t').replace('a,b\tc', 'a,b;c')),
    ]) {
      const { log } = await run(await fileOf(content), 'events', EVENTS)
      assert.equal((await signalsOf(log))[0]?.properties['page'], 'a,b;c')
    }
    const cyrillic = Uint8Array.from([...Buffer.from('user,page\n1,'), 0xcf, 0xf0, 0xe8, 0x0a])
    const file = await fileOf(cyrillic)
    const map = 'fields: { userId: user }\ntraits: { page: page }'
    assert.match(await failureOf(run(file, 'customers', map)), /import\.encoding.*windows-1251/s)
    const { log } = await run(file, 'customers', `${map}\nencoding: windows-1251`)
    assert.equal((await signalsOf(log))[0]?.traits['page'], 'При')
  })

  it('IM2 reads NDJSON with nested values, and rejects lines that are no objects', async () => {
    const lines = [
      '{"user":{"id":7,"mail":"A@x.example"},"tags":["a",1],"at":"2026-01-01"}',
      '',
      '[1]',
      '{"user":',
      '{"user":{"id":8}}',
    ].join('\n')
    const file = await fileOf(lines, 'data.ndjson')
    const map = 'fields: { userId: user.id, email: user.mail, at: at }\ntraits: { tags: tags }'
    const { summary, log } = await run(file, 'customers', map)
    assert.deepEqual(summary.reasons, { not_an_object: 1, not_json: 1 })
    const [first, second] = await signalsOf(log)
    assert.deepEqual([first?.userId, first?.traits], ['7', { email: 'A@x.example', tags: ['a', 1] }])
    assert.equal(second?.userId, '8')
  })

  it('IM1 takes Segment events as they are, with their own ids', async () => {
    const lines = [
      '{"type":"track","event":"A","userId":"u","messageId":"m1"}',
      '{"type":"page","userId":"u"}',
      '{"type":"x"}',
    ]
    const { summary, log } = await run(await fileOf(lines.join('\n')), 'events', 'shape: segment')
    assert.deepEqual([summary.imported, summary.rejected], [2, 1])
    const signals = await signalsOf(log)
    assert.equal(signals[0]?.messageId, 'm1')
    assert.match(signals[1]?.messageId ?? '', /^imp-/)
  })

  it('IM8 makes orders and refunds, and keeps rows apart that share a number but differ', async () => {
    const csv = [
      'no;mail;date;sum;profit',
      'A1;Ann@x.example;01.02.2026 12:30;"1 250,50";300',
      'A1;Ann@x.example;03.02.2026 09:00;-250,5;',
      'A2;bob@x.example;03.02.2026 10:00;99;',
      'A2;bob@x.example;03.02.2026 10:00;99;',
    ].join('\r\n')
    const map = `
fields:
  email: mail
  orderId: no
  at: { column: date, format: DD.MM.YYYY HH:mm }
  revenue: { column: sum, decimal: ',' }
  margin: { column: profit, decimal: ',' }
  currency: { value: RUB }`
    const file = await fileOf(csv)
    const { summary } = await run(file, 'orders', map)
    assert.deepEqual([summary.imported, summary.duplicates, summary.reasons], [2, 1, { id_taken: 1 }])
    const { log } = await run(file, 'orders', `${map}\nid: [no, date]\ntimeZone: Europe/Moscow`)
    const signals = await signalsOf(log)
    const [bought, returned] = signals
    assert.ok(bought !== undefined && returned !== undefined)
    assert.deepEqual(orderOf(bought), {
      orderId: 'A1',
      revenue: 1250.5,
      margin: 300,
      currency: 'RUB',
      products: [],
    })
    assert.equal(bought.at, Date.UTC(2026, 1, 1, 9, 30))
    assert.deepEqual(refundOf(returned), { orderId: 'A1', amount: 250.5, currency: 'RUB' })
    assert.equal(bought.anonymousId, returned.anonymousId)
    assert.equal(bought.traits['email'], 'Ann@x.example')
    assert.equal(signals.length, 3)
  })

  it('IM8 reads consents of customers, and an empty cell says neither yes nor no', async () => {
    const map =
      'fields: { email: mail }\nconsents: [{ channel: email, purpose: marketing, granted: news, textVersion: { value: v1 } }]'
    const { log } = await run(
      await fileOf('mail,news\na@x.example,yes\nb@x.example,no\nc@x.example,\n'),
      'customers',
      map,
    )
    const signals = await signalsOf(log)
    assert.equal(signals.filter(({ kind }) => kind === 'identify').length, 3)
    assert.deepEqual(
      signals.flatMap(consentOfSignal),
      [true, false].map((granted) => ({
        channel: 'email',
        purpose: 'marketing',
        granted,
        textVersion: 'v1',
      })),
    )
  })

  it('IM9 makes logged decisions, and refuses propensities that are none', async () => {
    const csv = 'x,arm,p,won\n1,a,0.5,1\n1,a,0.5,1\n2,b,0,1\n3,b,1.5,0\n4,b,1,maybe\n'
    const map =
      'name: trial\nfields: { action: arm, propensity: p }\ncontext: { x: { column: x, type: number } }\nrewards: { won: won }'
    const { summary, log } = await run(await fileOf(csv), 'decisions', map)
    assert.deepEqual(summary.reasons, { propensity_range: 2, not_a_number: 1 })
    const events = await eventsOf(log)
    assert.equal(events.length, 2, 'rows alike are decisions of their own')
    assert.deepEqual(events[0]?.data, {
      importId: 'trial',
      context: { x: 1 },
      action: 'a',
      propensity: 0.5,
      rewards: { won: 1 },
    })
    assert.deepEqual(
      events.map(({ type, key }) => [type, key]),
      [
        ['decision.imported.v1', 'trial'],
        ['decision.imported.v1', 'trial'],
      ],
    )
  })
})

describe('an import under way', () => {
  const many = (count: number) =>
    `user,time,what,page\n${Array.from({ length: count }, (_, index) => `u${index},2026-01-01T10:00:00Z,Seen,/p${index}\n`).join('')}`

  it('IM10 holds a bounded number of bounded batches, and waits for a slow log', async () => {
    const log = createMemoryLog()
    let underWay = 0
    let most = 0
    let largest = 0
    const append = async (events: readonly NewEvent[]): Promise<readonly Ack[]> => {
      most = Math.max(most, ++underWay)
      for (const { encoded = '' } of events) largest = Math.max(largest, encoded.length)
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
      return log.append(events)
    }
    const limits = { batchRowsMax: 50, appendsMax: 3, batchBytesMax: 8_192 }
    const { summary } = await run(await fileOf(many(5_000)), 'events', EVENTS, { append, limits })
    assert.equal(summary.imported, 5_000)
    assert.ok(most <= 3, `${most} at once`)
    assert.ok(largest <= 8_192 + 200, `${largest} bytes`)
  })

  it('IM10 tells how far it is, up to the last byte', async () => {
    const told: ImportProgress[] = []
    const file = await fileOf(many(20_000))
    await run(file, 'events', EVENTS, { onProgress: (progress) => told.push(progress) })
    assert.ok(told.length >= 3)
    const last = told.at(-1)
    assert.equal(last?.bytesRead, last?.bytesTotal)
    assert.ok(
      told.every(({ bytesRead }, index) => index === 0 || bytesRead >= (told[index - 1]?.bytesRead ?? 0)),
    )
  })

  it('IM10 passes on the failure of an append, and is completed by running it again', async () => {
    const log = createMemoryLog()
    const file = await fileOf(many(3_000))
    let appends = 0
    const failing = async (events: readonly NewEvent[]): Promise<readonly Ack[]> => {
      if (++appends === 3) throw new RangeError('the disk is full')
      return log.append(events)
    }
    await assert.rejects(run(file, 'events', EVENTS, { append: failing }), /the disk is full/)
    const { summary } = await run(file, 'events', EVENTS, {}, log)
    assert.equal(summary.imported + summary.duplicates, 3_000)
    assert.equal((await signalsOf(log)).length, 3_000)
  })

  it('IM10 can be called off', async () => {
    const file = await fileOf(many(100))
    await assert.rejects(run(file, 'events', EVENTS, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  })

  it('IM11 names what is wrong with a file and what to do', async () => {
    const missing = join(folder, 'nowhere.csv')
    assert.match(await failureOf(run(missing, 'events', EVENTS)), /import\.file_unreadable/)
    assert.match(await failureOf(run(folder, 'events', EVENTS)), /import\.file_unreadable/)
    assert.match(await failureOf(run(await fileOf(''), 'events', EVENTS)), /import\.file_empty/)
    assert.match(await failureOf(run(await fileOf('[{"a":1}]'), 'events', EVENTS)), /import\.json_array/)
    assert.match(
      await failureOf(run(await fileOf('a,a\n1,2'), 'events', EVENTS)),
      /import\.header_unusable.*"a" twice/s,
    )
    assert.match(
      await failureOf(run(await fileOf('user,when\n1,2'), 'events', EVENTS)),
      /import\.column_missing.*"time".*columns are: user, when/s,
    )
    const cut = gzipSync(many(50_000)).subarray(0, 150_000)
    assert.match(await failureOf(run(await fileOf(cut), 'events', EVENTS)), /import\.gzip_broken/)
    const noGzip = Uint8Array.from([0x1f, 0x8b, 1, 2, 3, 4])
    assert.match(await failureOf(run(await fileOf(noGzip), 'events', EVENTS)), /import\.gzip_broken/)
    const rejectsPath = join(folder, 'no', 'such', 'folder.ndjson')
    const bad = await fileOf('user,time,what,page\nu,x,y,z\nu,2026-01-01,y,z\n')
    assert.match(await failureOf(run(bad, 'events', EVENTS, { rejectsPath })), /import\.rejects_unwritable/)
  })

  it('IM12 carries hostile cells as text and nothing else', async () => {
    const csv = 'user,__proto__,constructor\n=HYPERLINK("x"),{{7*7}},<script>\n'
    const map = 'fields: { userId: user }\ntraits: { __proto__: __proto__, note: constructor }'
    const { log } = await run(await fileOf(csv), 'customers', map)
    const [signal] = await signalsOf(log)
    assert.equal(signal?.userId, '=HYPERLINK("x")')
    assert.equal(signal?.traits['note'], '<script>')
    assert.equal(Object.getPrototypeOf(signal?.traits), Object.prototype)
    assert.equal(Object.hasOwn(signal?.traits ?? {}, '__proto__'), false)
  })
})

describe('guessing', () => {
  const guess = async (csv: string, as: ImportKind): Promise<MappingGuess> => {
    const guesses: MappingGuess[] = []
    await run(await fileOf(csv), as, null, { onGuess: (found) => guesses.push(found) })
    return guesses[0] ?? assert.fail('no guess')
  }

  it('IM13 guesses common exports well enough to import them', async () => {
    const { mapping, yaml } = await guess(
      'Order ID,Customer E-mail,Order Date,Total,Currency,Coupon\n1,a@x.example,25/12/2025 10:00,12.5,EUR,X\n',
      'orders',
    )
    assert.deepEqual(mapping?.fields['orderId']?.column, 'Order ID')
    assert.deepEqual(mapping?.fields['email']?.column, 'Customer E-mail')
    assert.equal(mapping?.fields['at']?.format, 'DD/MM/YYYY HH:mm')
    assert.deepEqual(mapping?.properties['Coupon'], { column: 'Coupon' })
    assert.deepEqual(parseMapping(yaml, 'orders'), mapping, 'what is printed is what is used')
    const russian = await guess(
      'Номер заказа;Клиент;Дата;Сумма\n1;c1;01.02.2026;10,5\n2;c2;02.02.2026;7,25\n',
      'orders',
    )
    assert.deepEqual(russian.mapping?.fields['revenue'], {
      column: 'Сумма',
      type: 'number',
      decimal: ',',
      required: true,
    })
    const decisions = await guess('arm,propensity,age,clicked\na,0.5,30,1\n', 'decisions')
    assert.deepEqual(Object.keys(decisions.mapping?.rewards ?? {}), ['clicked'])
    const customers = await guess('id,customer_id,email,zip\n1,c1,a@x.example,01234\n', 'customers')
    assert.deepEqual(customers.mapping?.traits['zip'], { column: 'zip' }, 'a code stays text')
  })

  it('IM13 says so when it is unsure, and gives a draft when it cannot', async () => {
    const { notes } = await guess('order id,user,date,total\n1,u,01/02/2026,5\n', 'orders')
    assert.match(notes.join(), /day or the month first/)
    const failure = await failureOf(run(await fileOf('a,b\n1,2\n'), 'orders', null))
    assert.match(failure, /import\.mapping_needed.*fields\.orderId: is missing.*as: orders/s)
  })
})
