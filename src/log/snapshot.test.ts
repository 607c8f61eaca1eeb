// Snapshots: whole or not used, never of another time, and gone without harm.

import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { isFailure } from '../kernel/failure.ts'
import { createRng } from '../kernel/rng.ts'
import type { Dump } from './dump.ts'
import { openSnapshots } from './snapshot.ts'
import { createTemp } from './testing/temp.ts'

const temp = createTemp('snapshot')
const parts = (n: number): Record<string, Dump> => ({
  model: { w: new Float32Array(1_000).fill(n) },
  profile: { names: [`n${n}`] },
  empty: {},
})

describe('snapshots', () => {
  after(temp.remove)

  it('L15 the newest is found with its offset and parts, and only so many are kept', async () => {
    const dir = join(temp.folder(), 'deep', 'er')
    const store = openSnapshots({ dir, keep: 2 })
    assert.equal(store.latest(), null)
    for (const offset of [5, 100, 20_000]) await store.save({ offset, parts: parts(offset) })
    assert.deepEqual(store.latest(), { offset: 20_000, parts: parts(20_000) })
    assert.equal(readdirSync(dir).length, 2)
    assert.deepEqual(openSnapshots({ dir }).latest(), store.latest())
    store.clear()
    assert.deepEqual(store.find(), { snapshot: null, skipped: [] })
    assert.deepEqual(readdirSync(dir), [])
  })

  it('L15 saves called at once are written one after the other, each as its state was when called', async () => {
    const dir = temp.folder()
    const store = openSnapshots({ dir })
    const w = new Float64Array(10_000)
    const saves = [1, 2, 3].map((offset) => {
      w.fill(offset)
      return store.save({ offset, parts: { model: { w } } })
    })
    w.fill(99)
    await Promise.all(saves)
    assert.deepEqual(store.latest()?.parts['model']?.['w'], new Float64Array(10_000).fill(3))
  })

  it('L15 a torn or garbled one is passed over with its reason: the one before it, then none', async () => {
    const rng = createRng('torn')
    for (let round = 0; round < 40; round++) {
      const dir = temp.folder()
      const store = openSnapshots({ dir })
      await store.save({ offset: 1, parts: parts(1) })
      await store.save({ offset: 2, parts: parts(2) })
      const [first = '', second = ''] = readdirSync(dir).toSorted()
      damage(join(dir, second), round, rng.below)
      const found = store.find()
      assert.equal(found.snapshot?.offset, 1)
      assert.deepEqual(
        found.skipped.map(({ file }) => file),
        [second],
      )
      assert.match(found.skipped[0]?.reason ?? '', /^(?:torn|corrupt)$/)
      damage(join(dir, first), round + 1, rng.below)
      assert.equal(store.find().skipped.length, 2)
      assert.equal(store.latest(), null)
    }
  })

  it('L15 what a crash left half-written is never read, and removed', async () => {
    const dir = temp.folder()
    writeFileSync(join(dir, '0000000000000009-00000000.snapshot.tmp'), 'half')
    const store = openSnapshots({ dir })
    assert.deepEqual(readdirSync(dir), [])
    assert.equal(store.latest(), null)
  })

  it('L16 one of another version of the code is not used, and makes room for the next', async () => {
    const dir = temp.folder()
    await openSnapshots({ dir, codeVersion: 'old' }).save({ offset: 7, parts: parts(7) })
    const store = openSnapshots({ dir, codeVersion: 'new' })
    const { snapshot, skipped } = store.find()
    assert.equal(snapshot, null)
    assert.deepEqual(
      skipped.map(({ reason }) => reason),
      ['other_version'],
    )
    await store.save({ offset: 6, parts: parts(6) })
    assert.equal(store.latest()?.offset, 6)
    assert.equal(readdirSync(dir).length, 1)
  })

  it('L16 one ahead of the log stands for events that are gone: not used, and never again', async () => {
    const dir = temp.folder()
    const store = openSnapshots({ dir, keep: 3 })
    for (const offset of [10, 20, 30]) await store.save({ offset, parts: parts(offset) })
    const { snapshot, skipped } = store.find(15)
    assert.equal(snapshot?.offset, 10)
    assert.deepEqual(
      skipped.map(({ reason }) => reason),
      ['ahead_of_log', 'ahead_of_log'],
    )
    assert.equal(store.latest(40)?.offset, 10)
  })

  it('L15 a save that fails says so and leaves the others', async () => {
    const dir = temp.folder()
    const store = openSnapshots({ dir })
    const { file } = await store.save({ offset: 1, parts: parts(1) })
    mkdirSync(join(dir, file.replace('1-', '2-'), 'in-the-way'), { recursive: true })
    const failed = (thrown: unknown) => isFailure(thrown, 'snapshot.write_failed') && thrown.retryable
    await assert.rejects(store.save({ offset: 2, parts: parts(2) }), failed)
    const { snapshot, skipped } = store.find()
    assert.equal(snapshot?.offset, 1)
    assert.deepEqual(
      skipped.map(({ reason }) => reason),
      ['unreadable'],
    )
    assert.throws(
      () => openSnapshots({ dir: join(dir, file, 'below-a-file') }),
      (thrown) => isFailure(thrown, 'snapshot.no_folder'),
    )
  })
})

const damage = (path: string, kind: number, below: (bound: number) => number): void => {
  const bytes = readFileSync(path)
  const at = below(bytes.length)
  if (kind % 3 === 0) truncateSync(path, at)
  else if (kind % 3 === 1) {
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 + below(255)), at)
    writeFileSync(path, bytes)
  } else appendFileSync(path, 'more')
}
