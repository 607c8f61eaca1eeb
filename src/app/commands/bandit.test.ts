// Rule BR9 of feedback and VR8 of model: what `windvane bandit` makes of plain files.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { readTable } from '../../connect/index.ts'
import { renderVariantTest, renderVariantTests } from '../../model/index.ts'
import { assessTests } from './bandit-tests.ts'
import { banditCommand } from './bandit.ts'

const dir = mkdtempSync(join(tmpdir(), 'windvane-bandit-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const MAIN = join(import.meta.dirname, '../main.ts')

const fileOf = (lines: readonly string[]): string => {
  const path = join(dir, 'log.csv')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** Standard output and remarks of `windvane bandit` on a file of these lines. */
const run = (lines: readonly string[], ...options: readonly string[]) => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [MAIN, 'bandit', fileOf(lines), ...options],
    { encoding: 'utf8' },
  )
  assert.equal(status, 0, stderr)
  return { out: stdout, notes: stderr }
}

const logLines = (n: number): readonly string[] => {
  const rng = createRng('csv')
  const rows = Array.from({ length: n }, () => {
    const city = rng.below(2) === 0 ? 'Tver' : 'Omsk'
    const offer = rng.below(2) === 0 ? 'tea' : 'coffee'
    const isLiked = (city === 'Tver') === (offer === 'tea')
    const bought = rng.uniform() < (isLiked ? 0.6 : 0.2) ? 'yes' : 'no'
    return `${offer},${bought},0.5,${city},${bought === 'yes' ? 10 : 0}`
  })
  return ['offer,purchase,pscore,city,revenue', ...rows]
}

describe('windvane bandit', () => {
  it('BR9 finds its columns by name, leaves other results out of the context, and answers in JSON', () => {
    const { out, notes } = run(logLines(1_000), '--json', '--prior', 'wide')
    const result = JSON.parse(out) as {
      readonly rows: number
      readonly columns: number
      readonly propensities: string
      readonly verdict: { readonly kind: string }
      readonly learners: readonly { readonly name: string }[]
    }
    assert.deepEqual([result.rows, result.columns, result.propensities], [1_000, 1, 'logged'])
    assert.equal(result.verdict.kind, 'learning_pays')
    assert.equal(result.learners.length, 4)
    assert.match(notes, /revenue \(called like a result\)/)
  })

  it('BR9 says what is wrong with the columns and what to do', async () => {
    const refusal = async (lines: readonly string[], options: readonly string[], code: string) =>
      assert.rejects(
        banditCommand().parseAsync([fileOf(lines), ...options], { from: 'user' }),
        (error: unknown) => isFailure(error, code),
      )
    await refusal(['x,y', '1,2'], [], 'table.column_missing')
    await refusal(logLines(20), ['--reward', 'margin'], 'table.column_unknown')
    await refusal(logLines(20), ['--reward', 'city'], 'table.cell')
    await refusal(['action,reward', ',1', 'a,0'], [], 'table.cell')
    await refusal(['action,reward,time', 'a,1,2024-01-01', 'b,0,'], [], 'table.cell')
    await refusal(['action,reward,time', 'a,1,soon', 'b,0,later'], [], 'table.no_dates')
    await refusal(logLines(20), ['--half-life', '7'], 'bandit.no_times')
    await refusal(['arm,trials,successes', 'a,10.5,2', 'b,10,1'], [], 'table.cell')
    await refusal(['arm,trials,successes', 'a,10,11', 'b,10,1'], [], 'table.cell')
    await refusal(['arm,trials,successes', 'a,10,1'], [], 'bandit.tests')
  })

  it('M14 M15 learns chances in log-odds where rewards are yes and no, and says where they are not', async () => {
    const { out } = run(logLines(600), '--json', '--model', 'dense', '--chances', '--policy', 'thompson')
    const { learners, verdict } = JSON.parse(out) as {
      readonly learners: readonly { readonly name: string }[]
      readonly verdict: { readonly kind: string }
    }
    assert.deepEqual(
      learners.map(({ name }) => name),
      ['thompson'],
    )
    assert.equal(verdict.kind, 'learning_pays')
    const refusal = async (code: string, hint: RegExp, ...options: readonly string[]) =>
      assert.rejects(
        banditCommand().parseAsync([fileOf(logLines(20)), '--chances', ...options], { from: 'user' }),
        (error: unknown) => isFailure(error, code) && hint.test(`${error.message} ${error.hint}`),
      )
    await refusal('bandit.chances_not_dense', /--model dense/)
    await refusal('table.cell', /revenue.*0 or 1/s, '--model', 'dense', '--reward', 'revenue')
  })

  it('VR8 tests are told with probability and expected loss, one by variant and many by test, and nothing is a winner', async () => {
    const assess = async (lines: readonly string[]) => assessTests(await readTable(fileOf(lines)), {})
    const [one] = await assess(['variant,sends,clicks', 'red,5000,110', 'blue,5000,150', 'green,200,4'])
    assert.ok(one !== undefined)
    const text = renderVariantTest(one, 'en')
    assert.match(text, /Still open: blue is the best with [\d.]+ %; choosing it costs [\d.]+ %/)
    const rng = createRng('tests')
    const rows = Array.from({ length: 60 }, (_, row) => {
      const clicks = 20 + rng.below(30)
      return `t${Math.floor(row / 2)},headline ${row},1000,${clicks}`
    })
    const tests = await assess(['test_id,headline,impressions,clicks', ...rows])
    assert.equal(tests.length, 30)
    for (const { prior, outcome } of tests) {
      assert.equal(prior.tests, 30)
      assert.ok(outcome.probabilityBest >= 0.5 && outcome.probabilityBest <= 1 && outcome.expectedLoss >= 0)
    }
    const many = renderVariantTests(tests, 'ru')
    assert.match(many, /Априорное распределение по тестам, всего 30/)
    for (const shown of [text, many, JSON.stringify(tests)]) assert.doesNotMatch(shown, /winner|победител/i)
  })
})
