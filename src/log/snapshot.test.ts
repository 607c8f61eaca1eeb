// Snapshots: whole or not used, never of another time, and gone without harm.

import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { isFailure } from '../kernel/failure.ts'
import { createRng } from '../kernel/rng.ts'
import type { Dump } from './dump.ts'
import { openSnapshotKey } from './snapshot-seal.ts'
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

  it('L15 saves called at once are written one after the other, each as its columns were', async () => {
    const dir = temp.folder()
    const store = openSnapshots({ dir })
    const w = new Float64Array(10_000)
    const saves = [1, 2, 3].map((offset) => {
      w.fill(offset)
      return store.save({ offset, parts: { model: { w: w.slice() } } })
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

  it('L24 with a key nothing of it is read from the files, it opens with that key only, and clearing makes another', async () => {
    const dir = temp.folder()
    const keyPath = join(temp.folder(), 'snapshots.key')
    const names = Array.from({ length: 400_000 }, (_, i) => `annabel-${i}`)
    const key = openSnapshotKey(keyPath)
    assert.equal(statSync(keyPath).mode & 0o777, 0o600)
    const store = openSnapshots({ dir, key })
    // More than one piece is encrypted in one go.
    await store.save({ offset: 9, parts: { profile: { names }, small: {} } })
    const [file = ''] = readdirSync(dir)
    const bytes = readFileSync(join(dir, file))
    assert.ok(bytes.length > 4 << 20 && !bytes.includes('annabel'))
    assert.deepEqual(openSnapshots({ dir, key: openSnapshotKey(keyPath) }).latest()?.parts['profile'], {
      names,
    })

    const copy = join(temp.folder(), file)
    copyFileSync(join(dir, file), copy)
    await store.discard()
    assert.deepEqual(readdirSync(dir), [])
    copyFileSync(copy, join(dir, file))
    assert.deepEqual(
      store.find().skipped.map(({ reason }) => reason),
      ['other_key'],
    )
    assert.deepEqual(readdirSync(dir), [], 'and is not kept')
    assert.equal(openSnapshotKey(keyPath).current().export().equals(key.current().export()), true)

    await openSnapshots({ dir }).save({ offset: 3, parts: parts(3) })
    assert.deepEqual(
      store.find().skipped.map(({ reason }) => reason),
      ['not_sealed'],
    )
    assert.deepEqual(readdirSync(dir), [])
  })

  it('L24 an encrypted one that is torn or garbled is passed over like any other', async () => {
    const rng = createRng('sealed')
    for (let round = 0; round < 30; round++) {
      const dir = temp.folder()
      const store = openSnapshots({ dir, key: openSnapshotKey(join(temp.folder(), 'k')) })
      await store.save({ offset: 1, parts: parts(1) })
      await store.save({ offset: 2, parts: parts(2) })
      damage(join(dir, readdirSync(dir).toSorted()[1] ?? ''), round, rng.below)
      assert.equal(store.latest()?.offset, 1)
    }
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
