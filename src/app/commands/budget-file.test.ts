// Plain files of spend and results: what is taken, what is refused and with which words.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readBudgetFile, type BudgetFileOptions } from './budget-file.ts'
import { readLimits } from './budget-limits.ts'

const folder = mkdtempSync(join(tmpdir(), 'windvane-budget-'))
after(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const read = (rows: readonly string[], options: Partial<BudgetFileOptions> = {}) => {
  const path = join(folder, `${++files}.csv`)
  writeFileSync(path, `${rows.join('\n')}\n`)
  return readBudgetFile(path, { dropLast: 0, ...options })
}

describe('a file of spend and results', () => {
  it('finds columns by their usual names, adds rows of a day up, and fills days without spend', async () => {
    const file = await read([
      'Date,Campaign name,Amount spent,Revenue,Currency',
      '2026-01-01,a,10,30,EUR',
      '2026-01-01,a,5,10,EUR',
      '2026-01-03,a,20,50,EUR',
      '2026-01-02,b,7,9,EUR',
      '2026-01-02,b,n/a,9,EUR',
    ])
    assert.deepEqual(
      file.lines.map(({ id, days }) => [id, days.map(({ spend, value }) => [spend, value])]),
      [
        [
          'a',
          [
            [15, 40],
            [0, 0],
            [20, 50],
          ],
        ],
        [
          'b',
          [
            [7, 9],
            [0, 0],
          ],
        ],
      ],
    )
    assert.deepEqual([file.currency, file.stepDays, file.filled], ['EUR', 1, 2])
    assert.match(file.remark ?? '', /1 of 5 rows .* left out: line 6 has nothing in "Amount spent"/)
  })

  it('knows weeks, millionths, Russian names and worth of conversions', async () => {
    const weeks = await read(
      ['неделя,канал,расход,заказы', '05.01.2026,x,"1 000,5",3', '12.01.2026,x,"2 000,5",4'],
      {
        conversionValue: 100,
        currency: 'rub',
      },
    )
    assert.deepEqual([weeks.stepDays, weeks.currency], [7, 'RUB'])
    assert.deepEqual(
      weeks.lines[0]?.days.map(({ spend, value }) => [spend, value]),
      [
        [1000.5, 300],
        [2000.5, 400],
      ],
    )
    const micros = await read([
      'date,campaign,cost_micros,value',
      '2026-01-01,x,12500000,3',
      '2026-01-02,x,1,3',
    ])
    assert.equal(micros.lines[0]?.days[0]?.spend, 12.5)
  })

  it('reads demand as an index about 1, and leaves the last days out when asked', async () => {
    const file = await read(
      ['date,line,spend,value,demand', '2026-01-01,x,1,1,50', '2026-01-02,x,1,1,150', '2026-01-03,x,1,1,100'],
      { dropLast: 1 },
    )
    assert.equal(file.lines[0]?.days.length, 2)
    const [first, second] = file.lines[0]?.days.map(({ day }) => file.demandOn(day)) ?? []
    assert.deepEqual([first, second], [0.5, 1.5])
  })

  it('refuses what would mix money up, and says what to do', async () => {
    const head = 'date,line,spend,value,currency'
    const cases: readonly [readonly string[], Partial<BudgetFileOptions>, string][] = [
      [[head, '2026-01-01,x,1,1,EUR', '2026-01-02,x,1,1,USD'], {}, 'budget.currencies'],
      [[head, '2026-01-01,x,1,1,EUR'], { currency: 'USD' }, 'budget.currency'],
      [[head, '2026-01-01,x,1,1,'], { currency: 'dollars' }, 'budget.currency'],
      [[head, '2026-01-01,x,-1,1,EUR'], {}, 'budget.history_negative'],
      [[head, '2026-01-01,x,null,1,EUR'], {}, 'table.unreadable'],
      [['date,line,spend,conversions', '2026-01-01,x,1,1'], {}, 'budget.conversion_value'],
      [['date,line,spend,other', '2026-01-01,x,1,1'], {}, 'budget.no_results'],
      [['date,line,other', '2026-01-01,x,1'], {}, 'table.column_missing'],
      [['date,line,spend,value', '2026-01-01,x,1,1'], { value: 'worth' }, 'table.column_unknown'],
    ]
    for (const [rows, options, code] of cases)
      await assert.rejects(read(rows, options), (error: { code?: string; hint?: string }) => {
        assert.equal(error.code, code)
        assert.ok((error.hint ?? '') !== '')
        return true
      })
  })

  it('takes experiments with an error or an interval, and none about a line that is not there', async () => {
    const rows = ['date,line,spend,value', '2026-01-01,x,1,1', '2026-01-02,x,1,1']
    const tests = (text: string) => {
      const path = join(folder, `e${++files}.csv`)
      writeFileSync(path, text)
      return { experiments: path }
    }
    const withError = await read(
      rows,
      tests('line,from,to,effect,standard_error\nx,2026-01-01,2026-01-02,10,2\n'),
    )
    assert.deepEqual(withError.lines[0]?.experiments[0]?.standardError, 2)
    const withBand = await read(
      rows,
      tests('line,from,to,effect,low,high\nx,2026-01-01,2026-01-02,10,0,20\n'),
    )
    assert.ok(Math.abs((withBand.lines[0]?.experiments[0]?.standardError ?? 0) - 5.102) < 0.01)
    await assert.rejects(
      read(rows, tests('line,from,to,effect,standard_error\ny,2026-01-01,2026-01-02,10,2\n')),
      {
        code: 'budget.unknown_line',
      },
    )
    await assert.rejects(
      read(rows, tests('line,from,to,effect,standard_error\nx,2026-01-02,2026-01-01,10,2\n')),
      {
        code: 'budget.experiment',
      },
    )
  })
})

describe('limits of a plan beside a file', () => {
  const plan = (lines: string, currency = 'EUR'): string => {
    const path = join(folder, `${++files}.yaml`)
    writeFileSync(
      path,
      `ads:
  currency: ${currency}
  time_zone: UTC
  day_target: 100
  day_max: 300
  month_max: 6200
  lines:
${lines}`,
    )
    return path
  }
  const line =
    '    - { id: search, name: Suche, platform: meta, external_id: "7", day_max: 350, month_max: 5580, capacity: 90, margin_share: 0.4 }\n'

  it('are those of the line by its id, name or id on the platform, for days and weeks', () => {
    for (const [stepDays, high] of [
      [1, 180],
      [7, 1_260],
    ] as const) {
      const limits = readLimits(plan(line), stepDays)
      assert.deepEqual([limits.totalTarget, limits.totalMax], [100 * stepDays, 200 * stepDays])
      for (const name of ['search', 'Suche', '7'])
        assert.deepEqual(limits.of(name), {
          low: stepDays,
          high,
          capacity: 90 * stepDays,
          marginShare: 0.4,
        })
      assert.equal(limits.of('another'), undefined)
    }
  })

  it('are refused with the place of what is wrong', () => {
    for (const [path, code] of [
      [join(folder, 'nowhere.yaml'), 'budget.plan_unreadable'],
      [plan('    - { id: x }\n'), 'budget.plan'],
    ] as const)
      assert.throws(() => readLimits(path, 1), { code })
  })
})
