// What is personal lies encrypted on the disk, reads back as it was, and is gone for good with its key.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createCipheriv } from 'node:crypto'
import { describe, it } from 'node:test'
import { present } from '../../kernel/assert.ts'
import { isFailure } from '../../kernel/failure.ts'
import { createByteWriter } from './byte-writer.ts'
import { readLayout, writeContents, writeHead, type Part } from './layout.ts'
import { makeFormatFour } from './testing/format-four.ts'
import { openSqliteLog, verifyChain, type LogEvent, type NewEvent, type SqliteLog } from '../index.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'wv-seal-'))
const openIn = async (dir: string): Promise<SqliteLog> =>
  openSqliteLog({ path: join(dir, 'log.db'), keysPath: join(dir, 'keys.db') })

const ODD = JSON.parse(
  '{"__proto__":{"a":1},"half":"\\ud800","deep":[[],{}],"big":1e300,"unit":""}',
) as object
const batch = (id: string, ...people: readonly string[]): NewEvent => ({
  id,
  type: 'request.v1',
  key: 'shop',
  at: 1,
  data: {
    header: { source: 'shop' },
    payload: {
      batch: people.map((name) => ({ name, mail: `${name}@x.example`, ...ODD })),
      context: { ip: 'one' },
    },
  },
  personal: { field: 'payload', list: 'batch', owners: people.map((name) => `user:${name}`) },
})
const single = (id: string, name: string): NewEvent => ({
  id,
  type: 'request.v1',
  key: '',
  at: 1,
  data: { header: {}, payload: { name } },
  personal: { field: 'payload', list: null, owners: [`user:${name}`] },
})
const destroy = (log: SqliteLog, id: string, ...people: readonly string[]): NewEvent => ({
  id,
  type: 'erased.v1',
  key: '',
  at: 1,
  data: {},
  destroys: {
    handles: people.map((name) => log.keys?.handleOf(`user:${name}`) ?? ''),
    mark: { gone: people.length },
  },
})

const all = async (log: SqliteLog): Promise<LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const page of log.read()) events.push(...page)
  return events
}
const dataOf = <T>(event: LogEvent | undefined): T => present(event, 'it was read').data as T

const bytesIn = (dir: string, start = ''): string =>
  readdirSync(dir)
    .filter((name) => name.startsWith(start))
    .map((name) => readFileSync(join(dir, name), 'latin1'))
    .join('\n')

describe('sealing', () => {
  it('L20 persons’ items are encrypted on the disk, read back as they were, and the chain fits', async () => {
    const dir = folder()
    const events = [batch('e1', 'annabel', 'benedict', 'annabel'), single('e2', 'carolina'), batch('e3')]
    const log = await openIn(dir)
    const seen: LogEvent[] = []
    log.subscribe((fresh) => void seen.push(...fresh))
    await log.append(events)
    await log.close()
    assert.ok(!/annabel|benedict|carolina|x\.example/.test(bytesIn(dir)))
    const again = await openIn(dir)
    const read = await all(again)
    assert.deepEqual(read, seen)
    assert.deepEqual(
      read.map(({ data }) => data),
      events.map(({ data }) => data),
    )
    assert.deepEqual(await again.get([2]), [read[1]])
    await again.close()
    assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faultsTotal, 0)
    rmSync(dir, { recursive: true })
  })

  it('L20 no part of a sealed record is moved to another place, person or record, nor changed beside it, unnoticed', async () => {
    const dir = folder()
    const log = await openIn(dir)
    await log.append([batch('e1', 'annabel', 'benedict'), batch('e2', 'annabel', 'benedict')])
    const db = new DatabaseSync(join(dir, 'log.db'))
    const rows = db.prepare('SELECT data, sealed FROM log ORDER BY offset').all()
    const [first, second] = rows.map(({ data, sealed }) => ({
      text: String(data),
      sealed: Buffer.from(sealed as Uint8Array),
    }))
    assert.ok(first !== undefined && second !== undefined)
    type Kept = { readonly text: string; readonly sealed: Uint8Array | null }
    const put = ({ text, sealed }: Kept): void =>
      void db.prepare('UPDATE log SET data = ?, sealed = ? WHERE offset = 1').run(text, sealed)
    const laid = readLayout(first.sealed)
    /** The same record with other contents, under the signature that it had. */
    const withContents = (change: (parts: readonly Part[]) => readonly Part[]): Kept => {
      const out = createByteWriter()
      writeHead(out, laid.nonce)
      out.bytes(laid.texts)
      writeContents(out, { ...laid, parts: change(laid.parts) })
      out.bytes(laid.mac)
      return { ...first, sealed: Buffer.from(out.since(0)) }
    }
    assert.deepEqual(
      withContents((parts) => parts),
      first,
    )
    const flipped = (at: number): Kept => {
      const sealed = Buffer.from(first.sealed)
      sealed[at < 0 ? sealed.length + at : at] = (sealed.at(at) ?? 0) ^ 1
      return { ...first, sealed }
    }
    const harms: Record<string, Kept> = {
      place: withContents((parts) => parts.map((part) => ({ ...part, at: part.at.map((at) => 1 - at) }))),
      person: withContents(([one, two]) =>
        one === undefined || two === undefined
          ? []
          : [
              { ...one, key: two.key },
              { ...two, key: one.key },
            ],
      ),
      record: second,
      'its bytes': { ...first, sealed: second.sealed },
      part: flipped(20),
      nonce: flipped(1),
      'a part left out': withContents((parts) => parts.slice(0, 1)),
      'what is beside it': { ...first, text: first.text.replace('"source":"shop"', '"source":"ship"') },
      'its signature': flipped(-1),
      'nothing but its layout': flipped(0),
      'half of it': { ...first, sealed: first.sealed.subarray(0, 40) },
      'none of it': { ...first, sealed: new Uint8Array() },
    }
    for (const [name, harm] of Object.entries(harms)) {
      assert.notDeepEqual(harm, first, name)
      put(harm)
      await assert.rejects(log.get([1]), (error) => isFailure(error, 'log.corrupt'), name)
      const { faults } = await verifyChain({ path: join(dir, 'log.db') })
      assert.deepEqual(faults, [{ kind: 'changed', from: 1, to: 1 }], name)
    }
    // Without anything beside it, it is a record of which nothing was sealed: the chain alone tells.
    put({ ...first, sealed: null })
    assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faults[0]?.kind, 'changed')
    put(first)
    assert.deepEqual((await log.get([1]))[0]?.data, batch('e1', 'annabel', 'benedict').data)
    db.close()
    await log.close()
    rmSync(dir, { recursive: true })
  })

  it('L20 L21 a record from when each part was a cipher of its own reads as before, and is gone with its keys', async () => {
    const dir = folder()
    const events = [batch('e1', 'annabel', 'benedict', 'annabel'), single('e2', 'annabel')]
    const now = await openIn(dir)
    await now.append(events)
    const given = (await all(now)).map(({ data }) => data)
    await now.close()
    await makeFormatFour(join(dir, 'log.db'), join(dir, 'keys.db'), events)
    const log = await openIn(dir)
    const db = new DatabaseSync(join(dir, 'log.db'))
    const keys = new DatabaseSync(join(dir, 'keys.db'), { readOnly: true })
    const sealAlone = (id: string, key: number, plain: object): string => {
      const row = keys.prepare('SELECT key FROM keys WHERE id = ?').get(key)
      const nonce = Buffer.alloc(12, id)
      const cipher = createCipheriv('aes-256-gcm', row?.['key'] as Uint8Array, nonce)
      cipher.setAAD(Buffer.from(id))
      const sealed = [nonce, cipher.update(JSON.stringify(plain)), cipher.final(), cipher.getAuthTag()]
      return Buffer.concat(sealed).toString('base64')
    }
    type Kept = { sealed: { list: string | null; parts: { key: number; at: number[] }[] } }
    for (const { id, data } of db.prepare('SELECT id, data FROM log').all()) {
      const kept = JSON.parse(String(data)) as Kept
      const { payload } = given[id === 'e1' ? 0 : 1] as { payload: { batch: unknown[]; context: unknown } }
      const { list, parts } = kept.sealed
      const items: readonly unknown[] = list === null ? [payload] : payload.batch
      const beside = list === null ? {} : { context: payload.context }
      const alone = parts.map(({ key, at }) => ({
        key,
        at,
        text: sealAlone(String(id), key, { items: at.map((place) => items[place]), beside }),
      }))
      const { field, count } = kept.sealed as unknown as { field: string; count: number }
      const old = JSON.stringify({ ...kept, sealed: { field, list, count, parts: alone } })
      db.prepare('UPDATE log SET data = ? WHERE id = ?').run(old, String(id))
    }
    keys.close()
    assert.deepEqual(
      (await all(log)).map(({ data }) => data),
      given,
    )
    await log.append([destroy(log, 'e3', 'annabel')])
    const [first, second] = await all(log)
    const { batch: items } = dataOf<{ payload: { batch: unknown[] } }>(first).payload
    assert.deepEqual(
      [items[0], items[2], (items[1] as { name: string }).name],
      [{ erased: true }, { erased: true }, 'benedict'],
    )
    assert.deepEqual(second?.data, { header: {}, payload: { erased: true }, erased: [{ gone: 1 }] })
    db.exec(`UPDATE log SET id = 'e9' WHERE id = 'e1'`)
    await assert.rejects(all(log), (error) => isFailure(error, 'log.corrupt'), 'bound to its record')
    db.close()
    await log.close()
    rmSync(dir, { recursive: true })
  })

  it('L20 L21 a log of format 4 reads as before, its chain fits, and its people are gone with their keys', async () => {
    const dir = folder()
    const events = [batch('e1', 'annabel', 'benedict', 'annabel'), single('e2', 'annabel'), batch('e3')]
    const before = await openIn(dir)
    await before.append(events)
    await before.close()
    await makeFormatFour(join(dir, 'log.db'), join(dir, 'keys.db'), events)
    const verified = async () => (await verifyChain({ path: join(dir, 'log.db') })).faultsTotal
    assert.equal(await verified(), 0, 'before it is brought to the format of now')
    const log = await openIn(dir)
    await log.append([single('e4', 'annabel')])
    assert.deepEqual(
      (await all(log)).map(({ data }) => data),
      [...events, single('e4', 'annabel')].map(({ data }) => data),
    )
    await log.append([destroy(log, 'x', 'annabel')])
    const [first, second, , fourth] = await all(log)
    const { batch: items } = dataOf<{ payload: { batch: readonly { name?: string }[] } }>(first).payload
    assert.deepEqual(
      items.map(({ name }) => name),
      [undefined, 'benedict', undefined],
    )
    for (const one of [second, fourth])
      assert.deepEqual(one?.data, { header: {}, payload: { erased: true }, erased: [{ gone: 1 }] })
    await log.close()
    assert.equal(await verified(), 0)
    rmSync(dir, { recursive: true })
  })

  it('L21 with their key a person’s items are gone, in place and for good; others stay, the chain still fits', async () => {
    const dir = folder()
    const log = await openIn(dir)
    await log.append([batch('e1', 'annabel', 'benedict', 'annabel'), single('e2', 'annabel')])
    await log.append([destroy(log, 'e3', 'annabel'), single('e4', 'annabel')])
    for (const open of [log, null]) {
      const at = open ?? (await openIn(dir))
      const [first, second, , fourth] = await all(at)
      const items = dataOf<{ payload: { batch: unknown[] } }>(first).payload.batch
      assert.deepEqual([items[0], items[2]], [{ erased: true }, { erased: true }])
      assert.equal((items[1] as { name: string }).name, 'benedict')
      assert.deepEqual(dataOf<{ erased: unknown }>(first).erased, [{ gone: 1 }])
      assert.deepEqual(second?.data, { header: {}, payload: { erased: true }, erased: [{ gone: 1 }] })
      // Who comes again has a new key, from the event after on.
      assert.deepEqual(fourth?.data, { header: {}, payload: { name: 'annabel' } })
      assert.deepEqual(at.keys?.marks(), [{ gone: 1 }])
      await at.close()
    }
    assert.equal((await verifyChain({ path: join(dir, 'log.db') })).faultsTotal, 0)
    rmSync(dir, { recursive: true })
  })

  it('L22 a log whose keys are lost is not opened, nor one whose keys are older than itself', async () => {
    const dir = folder()
    const log = await openIn(dir)
    await log.append([single('e1', 'annabel')])
    await log.close()
    const older = readFileSync(join(dir, 'keys.db'))
    const later = await openIn(dir)
    await later.append([single('e2', 'benedict')])
    await later.close()
    writeFileSync(join(dir, 'keys.db'), older)
    await assert.rejects(openIn(dir), (error) => isFailure(error) && error.code === 'log.no_key')
    rmSync(join(dir, 'keys.db'))
    await assert.rejects(openIn(dir), (error) => isFailure(error) && error.code === 'log.keys_missing')
    // A log in which nobody was sealed gets keys.
    const plain = folder()
    const old = await openSqliteLog({ path: join(plain, 'log.db') })
    await old.append([{ id: 'e1', type: 'note.v1', key: '', at: 1, data: { sealed: true } }])
    await old.close()
    await (await openIn(plain)).close()
    for (const one of [dir, plain]) rmSync(one, { recursive: true })
  })

  it('L23 destroyed keys are nowhere in the files of keys, also when a reader stood in the way at first', async () => {
    const dir = folder()
    const log = await openIn(dir)
    await log.append([single('e1', 'annabel'), single('e2', 'benedict')])
    const keys = new DatabaseSync(join(dir, 'keys.db'), { readOnly: true })
    const all = keys
      .prepare('SELECT key FROM keys')
      .all()
      .map(({ key }) => Buffer.from(key as Uint8Array).toString('latin1'))
    assert.equal(all.length, 2)
    const found = (): number => all.filter((key) => bytesIn(dir, 'keys.db').includes(key)).length
    assert.equal(found(), 2)
    keys.exec('BEGIN')
    keys.prepare('SELECT count(*) FROM keys').get()
    const refused = log.append([destroy(log, 'e3', 'annabel')])
    await assert.rejects(
      refused,
      (error) => isFailure(error) && error.code === 'log.keys_busy' && error.retryable,
    )
    assert.equal(found(), 2, 'what a reader still needs stays')
    keys.exec('COMMIT')
    keys.close()
    await log.append([destroy(log, 'e4', 'annabel')])
    assert.equal(found(), 1)
    await log.close()
    assert.equal(found(), 1)
    rmSync(dir, { recursive: true })
  })
})
