// Retention on a folder that no server runs on: crashes between its steps, a no that outlives its person, and backups from
// before.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { addressHash } from '../../src/app/address-hash.ts'
import { backUp } from '../../src/app/backup/backup.ts'
import { restoreBackup } from '../../src/app/backup/restore.ts'
import { createCtx, manualClock } from '../../src/app/clock.ts'
import { erasurePartsOf, ledgerOf } from '../../src/app/erasures/erasure-parts.ts'
import { openKeys } from '../../src/app/keys.ts'
import { openLoop, type OpenLoop } from '../../src/app/open-loop.ts'
import { refold } from '../../src/app/refold.ts'
import { BRAND_APPLIED } from '../../src/brand/events.ts'
import { readBrand } from '../../src/brand/index.ts'
import { encodeDump } from '../../src/log/index.ts'
import { dumpState, type LoopState } from '../../src/loop.ts'
import { PRIVACY_APPLIED } from '../../src/profile/events.ts'
import { findProfile } from '../../src/profile/index.ts'
import { signalHealth } from '../../src/signal/index.ts'
import { correctMention } from '../../src/stages/brand/acting.ts'
import { createHearing, type SaidItem } from '../../src/stages/brand/hearing.ts'
import { expireData, planExpiry, type ExpiryParts } from '../../src/stages/expiring.ts'
import { NOON, tempFolder } from './serving.ts'
import { tracesIn, tracesUnder } from './traces.ts'
import { tracesInSnapshots, tracesOpened } from './traces-opened.ts'

const OVER = ['zqoldcartzq', 'zqoldpagezq', 'zqancientorderzq', 'zqunheardzq']
const KEPT = ['zqnewcartzq', 'zqolderorderzq', 'zqnicknamezq']
const OLD = '2024-06-12T12:00:00Z'
const ANCIENT = '2021-03-01T10:00:00Z'
const SPEC = { contact: 48, behaviour: 13, orders: 36 }

const mailOf = (name: string): string => `${name}@people.example`
const agreed = (marketing: boolean): object => ({ consent: { categoryPreferences: { marketing } } })
const ITEMS: readonly object[] = [
  { type: 'page', anonymousId: 'first', name: 'zqoldpagezq', messageId: '1', timestamp: OLD },
  {
    type: 'identify',
    userId: 'ann',
    messageId: '2',
    traits: { email: mailOf('ann'), nick: 'zqnicknamezq' },
    context: agreed(true),
    timestamp: OLD,
  },
  {
    type: 'track',
    userId: 'ann',
    event: 'Cart Viewed',
    messageId: '3',
    properties: { of: 'zqoldcartzq' },
    timestamp: OLD,
  },
  {
    type: 'track',
    userId: 'ann',
    event: 'Order Completed',
    messageId: '4',
    properties: { order_id: '1', revenue: 5, note: 'zqolderorderzq' },
    timestamp: OLD,
  },
  {
    type: 'track',
    userId: 'ann',
    event: 'Order Completed',
    messageId: '5',
    properties: { order_id: '0', revenue: 5, note: 'zqancientorderzq' },
    timestamp: ANCIENT,
  },
  {
    type: 'track',
    userId: 'ann',
    event: 'Cart Viewed',
    messageId: '6',
    properties: { of: 'zqnewcartzq' },
  },
  ...[true, false].map((yes) => ({
    type: 'identify',
    userId: `${yes}-zqunheardzq`,
    messageId: `7${yes}`,
    traits: { email: mailOf(`${yes}.zqunheardzq`) },
    context: agreed(yes),
    timestamp: ANCIENT,
  })),
]

let serial = 0
const newId = (): string => `id-${String(serial++).padStart(6, '0')}`
const openIn = async (dir: string): Promise<OpenLoop> => {
  const opened = await openLoop({ dir, ctx: { ...createCtx(manualClock(NOON)), newId } })
  return opened
}

const receive = async ({ loop }: OpenLoop, batch: readonly object[]): Promise<void> => {
  const value = { batch }
  const text = JSON.stringify(value)
  await loop.receive({
    endpoint: 'batch',
    body: { text, value, bytes: text.length },
    source: 'http',
    strict: true,
  })
}

const partsOf = (dir: string, opened: OpenLoop): ExpiryParts => {
  const keys = openKeys(dir)
  const report = (error: unknown): never => {
    throw error
  }
  const parts = erasurePartsOf(opened, ledgerOf(opened, { dir, keys, copy: null, report }), keys)
  return { ...parts, refold: async () => refold(opened.loop) }
}

/** A folder that holds all of it, with a snapshot, and the periods in force. */
const filled = async (): Promise<{ readonly dir: string; readonly opened: OpenLoop }> => {
  const dir = tempFolder()
  openKeys(dir)
  const opened = await openIn(dir)
  await receive(opened, ITEMS)
  const applied = { id: newId(), type: PRIVACY_APPLIED, key: '', at: NOON, data: { retention: SPEC } }
  await opened.loop.record([applied])
  await save(opened)
  for (const mark of [...OVER, ...KEPT]) assert.notDeepEqual(await tracesOpened(dir, [mark]), [], mark)
  return { dir, opened }
}
const save = async ({ loop, snapshots }: OpenLoop): Promise<void> => {
  await snapshots?.save({ offset: loop.state.offset, parts: dumpState(loop.state) })
}
const textOf = (state: LoopState): Buffer =>
  Buffer.concat(Object.values(dumpState(state)).map((dump) => Buffer.from(encodeDump(dump))))

const assertGone = async (dir: string, what: string): Promise<void> => {
  assert.deepEqual([...tracesUnder([dir], [...OVER, ...KEPT]), ...(await tracesOpened(dir, OVER))], [], what)
  for (const mark of KEPT) assert.notDeepEqual(await tracesOpened(dir, [mark]), [], `${what}: ${mark} stays`)
}

/** Folder of what comes back of a backup, beside the ledger of erasures of the folder that it was made of. */
const restored = async (src: string, origin: string): Promise<string> => {
  const dir = join(tempFolder(), 'data')
  await restoreBackup({ src, dir, by: 'test', now: NOON, newId, erasures: join(origin, 'erasures.ndjson') })
  return dir
}

describe('retention on a folder', () => {
  it('S1 S2 P39 P40 only what is over goes; what came is known to have come; a no outlives its person, a yes does not', async () => {
    const { dir, opened } = await filled()
    const { loop } = opened
    const plan = planExpiry({ loop, holds: opened.keys?.holds ?? null })
    assert.deepEqual(
      [...plan.classes.map(({ items, bound }) => [items, bound]), plan.contact.people],
      [[5, 0], [1, 0], [0, 0], 2],
    )
    const slotOf = (value: string) => findProfile(loop.state.profile, { kind: 'user', value })
    const ann = slotOf('ann')
    const done = await expireData(partsOf(dir, opened), 'test')
    assert.deepEqual([done.happened, done.people], [true, 2])
    await assertGone(dir, 'after the run')
    assert.deepEqual(tracesIn('state', textOf(loop.state), OVER), [])
    assert.equal(slotOf('ann'), ann)
    const hash = addressHash(openKeys(dir).addressSecret)
    const suppressed = [true, false].map((yes) =>
      loop.state.guardrail.suppressedAddresses.has(`email ${hash('email', mailOf(`${yes}.zqunheardzq`))}`),
    )
    assert.deepEqual(suppressed, [false, true])
    // Sent again, nothing of it is new, and what came again goes at the next run.
    const accepted = (): number =>
      signalHealth(loop.state.signal).rows.reduce((sum, row) => sum + row.accepted, 0)
    const before = accepted()
    await receive(opened, ITEMS.slice(0, 6))
    assert.equal(accepted(), before)
    assert.equal(slotOf('ann'), ann)
    assert.notDeepEqual(await tracesOpened(dir, OVER), [])
    assert.equal((await expireData(partsOf(dir, opened), 'test')).happened, true)
    await assertGone(dir, 'after the second run')
    assert.equal((await expireData(partsOf(dir, opened), 'test')).happened, false)
    await opened.close()
  })

  it('L26 a run that died after the keys went is found at the next start, and nothing folded from before is used', async () => {
    const { dir, opened } = await filled()
    const parts = partsOf(dir, opened)
    const died = { ...parts, dropCopies: async () => Promise.reject(new Error('died')) }
    await assert.rejects(expireData(died, 'test'), /died/)
    await opened.close()
    assert.notDeepEqual(tracesInSnapshots(dir, OVER), [], 'it died too late')
    const again = await openIn(dir)
    assert.deepEqual(tracesIn('state', textOf(again.loop.state), OVER), [])
    assert.equal(again.snapshotOffset, 0)
    await save(again)
    await assertGone(dir, 'after the start')
    await again.close()
  })

  it('S2 a backup from before brings nothing back of what went', async () => {
    const { dir, opened } = await filled()
    const src = join(tempFolder(), 'backup')
    await backUp({ dir, dest: src, now: NOON })
    await expireData(partsOf(dir, opened), 'test')
    await opened.close()
    const back = await restored(src, dir)
    await assertGone(back, 'restored')
    assert.notDeepEqual(await tracesOpened(src, OVER), [], 'the backup itself still has it')
  })

  it('BW38 what the public said goes with its month: from log, state, snapshots and what comes back of a backup', async () => {
    const { dir, opened } = await listening()
    const { loop } = opened
    const hearing = createHearing(loop)
    assert.deepEqual(await hearing.hear('news', SAID), { fresh: 3, heard: 3 })
    for (const [id, by] of [
      ['old', 'Anna'],
      ['new', 'Anna'],
    ] as const)
      await correctMention(loop, { key: `news ${id}`, entity: 'acme', tone: -1, by })
    const retention = { contact: 0, behaviour: 0, orders: 0, mentions: 12 }
    await loop.record([{ id: newId(), type: PRIVACY_APPLIED, key: '', at: NOON, data: { retention } }])
    await save(opened)
    const marks = [...SAID_OVER, ...SAID_KEPT]
    for (const mark of marks) assert.notDeepEqual(await tracesOpened(dir, [mark]), [], mark)
    assert.deepEqual(tracesUnder([dir], marks), [], 'nothing in plain')
    const src = join(tempFolder(), 'backup')
    await backUp({ dir, dest: src, now: NOON })

    const mentionsDue = () =>
      planExpiry({ loop, holds: opened.keys?.holds ?? null }).classes.find(
        ({ dataClass }) => dataClass === 'mentions',
      )
    const due = mentionsDue()
    assert.deepEqual([due?.items, due?.bound, due?.stored, due?.next?.items], [2, 0, 3, 1])
    const done = await expireData(partsOf(dir, opened), 'test')
    assert.deepEqual(done.classes, [{ dataClass: 'mentions', before: due?.before ?? '', items: 2 }])
    assert.equal(mentionsDue()?.stored, 1)
    const assertOver = async (folder: string, what: string): Promise<void> => {
      assert.deepEqual(
        [...tracesUnder([folder], marks), ...(await tracesOpened(folder, SAID_OVER))],
        [],
        what,
      )
      for (const mark of SAID_KEPT) assert.notDeepEqual(await tracesOpened(folder, [mark]), [], what)
    }
    await save(opened)
    await assertOver(dir, 'after the run')
    assert.deepEqual(tracesIn('state', textOf(loop.state), SAID_OVER), [])
    assert.equal(loop.state.brand.lessons.get('en'), 2, 'how much was learnt from is known')
    // Its source says it still: it does not come back.
    assert.deepEqual(await hearing.hear('news', SAID), { fresh: 0, heard: 0 })
    const living = textOf(loop.state)
    await opened.close()
    rmSync(join(dir, 'snapshots'), { recursive: true })
    const anew = await openIn(dir)
    assert.ok(living.equals(textOf(anew.loop.state)), 'as the log gives it, to the byte')
    await anew.close()
    const back = await restored(src, dir)
    await assertOver(back, 'restored')
  })
})

const SAID_OVER = ['zqauthoroverzq', 'zqtextoverzq', 'zqslugoverzq', 'zqlateroverzq']
const SAID_KEPT = ['zqauthorkeptzq', 'zqtextkeptzq']
const saidBy = (id: string, at: string, author: string, text: string): SaidItem => ({
  id,
  at: Date.parse(at),
  author,
  url: id === 'old' ? 'https://news.example/zqslugoverzq' : '',
  text: `Acme is awful, never again, ${text}`,
})
const SAID: readonly SaidItem[] = [
  saidBy('old', OLD, 'zqauthoroverzq', 'zqtextoverzq'),
  saidBy('later', '2025-02-28T23:59:59Z', 'someone', 'zqlateroverzq'),
  saidBy('new', new Date(NOON).toISOString(), 'zqauthorkeptzq', 'zqtextkeptzq'),
]

/** A folder that listens for one name. */
const listening = async (): Promise<{ readonly dir: string; readonly opened: OpenLoop }> => {
  const dir = tempFolder()
  openKeys(dir)
  const opened = await openIn(dir)
  const brand = readBrand({ entities: [{ id: 'acme', names: ['Acme'] }] }, [])
  await opened.loop.record([
    { id: newId(), type: BRAND_APPLIED, key: '', at: NOON, data: { version: 'v1', brand } },
  ])
  return { dir, opened }
}
