// A platform by files: what is exported comes in, what should be changed goes out, and nothing is believed done.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { checkAdPlatform, type PlatformBench } from '../../delivery/testing/platform-conformance.ts'
import { isFailure } from '../../kernel/failure.ts'
import { createFileAds } from './file-ads.ts'
import { AD_TRAITS } from './traits.ts'

const traits = AD_TRAITS['file'] as NonNullable<(typeof AD_TRAITS)[string]>
const CSV = `line;day;spend;clicks;conversions;value;budget
a;2026-01-01;10.5;3;1;20;15
b;2026-01-01;1;;;;
a;2026-01-02;11;4;;;20
`

const withFile = async (
  name: string,
  text: string,
  run: (about: { platform: ReturnType<typeof createFileAds>; proposals: string }) => Promise<void>,
) => {
  const dir = mkdtempSync(join(tmpdir(), 'file-ads-'))
  const proposals = join(dir, 'proposals.ndjson')
  writeFileSync(join(dir, name), text)
  const platform = createFileAds(
    { account: 'billboards', currency: 'EUR', spendFile: join(dir, name), proposalsFile: proposals },
    { traits, now: () => 0 },
  )
  await run({ platform, proposals })
  rmSync(dir, { recursive: true })
}
const ask = { externalIds: ['a', 'b', 'c'], fromDay: 20_454, toDay: 20_455 }

/** An export that a person keeps up to date by what is proposed. */
const openKept = async (name: string): Promise<PlatformBench> => {
  const dir = mkdtempSync(join(tmpdir(), 'file-ads-'))
  const [spendFile, proposalsFile] = [join(dir, name), join(dir, 'proposals.ndjson')]
  const budgets = new Map([
    ['a', 500],
    ['b', 500],
  ])
  const exported = (): void => {
    const rows = [...budgets].map(([line, budget]) => ({
      line,
      day: '2026-01-02',
      spend: 7.5,
      clicks: 3,
      budget,
    }))
    const text = name.endsWith('.csv')
      ? [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
          .map((row) => row.join(','))
          .join('\n')
      : rows.map((row) => JSON.stringify(row)).join('\n')
    writeFileSync(spendFile, text)
  }
  exported()
  let edits = 0
  return {
    platform: createFileAds(
      { account: 'billboards', currency: 'EUR', spendFile, proposalsFile },
      { traits, now: () => 0 },
    ),
    lines: ['a', 'b'],
    budgets: [500_000_000, 550_000_000],
    unknownLine: 'c',
    days: { from: 20_450, to: 20_455 },
    truth: (line) => (budgets.get(line) ?? 0) * 1_000_000,
    edits: () => edits,
    strike: null,
    carryOut: () => {
      const last = readFileSync(proposalsFile, 'utf8').trim().split('\n').at(-1) ?? '{}'
      const { line, budget } = JSON.parse(last) as { line: string; budget: number }
      budgets.set(line, budget)
      edits++
      exported()
    },
    close: async () => rmSync(dir, { recursive: true }),
  }
}

for (const name of ['spend.csv', 'spend.ndjson'])
  checkAdPlatform(`file (${name})`, async () => openKept(name))

describe('a platform by files', () => {
  it('AD12 reads CSV and NDJSON alike: the latest budget is the one in force', async () => {
    const rows = [
      { line: 'a', day: '2026-01-01', spend: 10.5, clicks: 3, conversions: 1, value: 20, budget: 15 },
      { line: 'b', day: '2026-01-01', spend: 1 },
      { line: 'a', day: '2026-01-02', spend: 11, clicks: 4, budget: 20, note: 'unknown' },
    ]
    for (const [name, text] of [
      ['spend.csv', CSV],
      ['spend.ndjson', rows.map((row) => JSON.stringify(row)).join('\n')],
    ] as const)
      await withFile(name, text, async ({ platform }) => {
        const [a, b, ...rest] = await platform.read(ask)
        assert.deepEqual(rest, [])
        assert.equal(a?.budgetMicros, 20_000_000)
        assert.equal(b?.budgetMicros, null)
        assert.deepEqual(
          a?.days.map(({ spendMicros }) => spendMicros),
          [10_500_000, 11_000_000],
        )
      })
  })

  it('AD12 writes a proposal once, and does not say that it is done', async () => {
    await withFile('spend.csv', CSV, async ({ platform, proposals }) => {
      const move = { externalId: 'a', budgetMicros: 25_000_000, currency: 'EUR', moveId: 'plan:1:a' }
      for (let i = 0; i < 2; i++) assert.equal((await platform.write(move)).kind, 'unknown')
      for (const budgetMicros of [-1, 0.5, null as unknown as number])
        assert.equal((await platform.write({ ...move, budgetMicros, moveId: 'n' })).kind, 'refused')
      assert.equal((await platform.write({ ...move, currency: 'USD', moveId: 'n' })).kind, 'refused')
      const lines = readFileSync(proposals, 'utf8').trim().split('\n')
      assert.equal(lines.length, 1)
      const { line, action, budget } = JSON.parse(lines[0] ?? '') as Record<string, unknown>
      assert.deepEqual([line, action, budget], ['a', 'set_daily_budget', 25])
    })
  })

  it('AD12 without its export nothing is told and nothing proposed', async () => {
    const gone = {
      account: 'x',
      currency: 'EUR',
      spendFile: '/nowhere/spend.csv',
      proposalsFile: '/nowhere/p',
    }
    const platform = createFileAds(gone, { traits, now: () => 0 })
    await assert.rejects(platform.read(ask), (error) => isFailure(error, 'ads.unreachable'))
    const write = { externalId: 'a', budgetMicros: 25_000_000, currency: 'EUR', moveId: 'm' }
    const result = await platform.write(write)
    assert.ok(result.kind === 'refused' && result.code === 'ads.unreachable' && result.retryable)
  })

  it('AD12 a broken export is a failure with its line, and no figures', async () => {
    for (const text of [
      'line,day\na,2026-01-01',
      'line,day,spend\na,01.02.2026,5',
      'line,day,spend\na,2026-01-01,-5',
      'line,day,spend,currency\na,2026-01-01,5,USD',
      'line,day,spend\na,2026-01-01,"5',
    ])
      await withFile('spend.csv', text, async ({ platform }) => {
        await assert.rejects(platform.read(ask), (error) => isFailure(error, 'ads.malformed'), text)
      })
  })
})
