// What files become in the log, and that importing them again changes nothing.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import {
  consentOfSignal,
  createSignalState,
  foldSignal,
  orderOf,
  refundOf,
  signalHealth,
} from '../signal/index.ts'
import { createFolder, EVENTS, eventsOf, failureOf, NOW, run, signalsOf } from './testing/import-run.ts'

const { fileOf, remove } = await createFolder()
after(remove)

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
      discount: undefined,
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
