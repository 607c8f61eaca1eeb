// Rule ST19: what `windvane send-time` makes of plain files.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import type { SendTimeAssessment } from '../../model/index.ts'

const dir = mkdtempSync(join(tmpdir(), 'windvane-send-time-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const MAIN = join(import.meta.dirname, '../main.ts')

const run = (lines: readonly string[], ...options: readonly string[]) => {
  const path = join(dir, 'sends.csv')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return spawnSync(process.execPath, [MAIN, 'send-time', path, ...options], { encoding: 'utf8' })
}

const evenings = (head: string): readonly string[] => {
  const rng = createRng('evenings')
  const rows = Array.from({ length: 2_000 }, (_, i) => {
    const hour = 8 + rng.below(14)
    const answered = rng.uniform() < (hour >= 19 ? 0.6 : 0.1) ? 'yes' : 'no'
    const day = String(1 + (i % 28)).padStart(2, '0')
    return `p${i % 50},2026-02-${day}T${String(hour).padStart(2, '0')}:00:00Z,${answered}`
  })
  return [head, ...rows]
}

describe('windvane send-time', () => {
  it('ST19 finds columns by usual names, moves dates into the zone, and writes hours per person', () => {
    const out = join(dir, 'hours.csv')
    const ran = run(
      evenings('customer_id,sent_at,clicked'),
      '--zone',
      'Europe/Moscow',
      '--out',
      out,
      '--json',
    )
    assert.equal(ran.status, 0, ran.stderr)
    const found = JSON.parse(ran.stdout) as SendTimeAssessment
    assert.equal(found.sends, 2_000)
    assert.ok([22, 23, 0].includes(found.bestHour), `${found.bestHour}`)
    assert.equal(found.heldOut.verdict, 'better')
    assert.match(ran.stderr, /all are taken to be/)
    const [head, ...rows] = readFileSync(out, 'utf8').trim().split('\n')
    assert.deepEqual([head, rows.length], ['person,best_hour', 50])
  })

  it('ST19 says which column is missing, and what zone is none', () => {
    const missing = run(['who,when,what', 'a,b,c'])
    assert.equal(missing.status, 1)
    assert.match(missing.stderr, /--person/)
    const zone = run(evenings('person,sent_at,responded'), '--zone', 'Mars/Base')
    assert.match(zone.stderr, /is no time zone/)
  })
})
