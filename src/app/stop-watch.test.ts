// STOP by file: at once when this process writes it, soon when somebody else does.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopFileIn } from './stop-file.ts'
import { watchStopFile } from './stop-watch.ts'

describe('the watched STOP file', () => {
  it('holds and frees at once what this process writes and removes', () => {
    const dir = mkdtempSync(join(tmpdir(), 'windvane-stop-'))
    const { stopFile, outside } = watchStopFile(stopFileIn(dir))
    for (let i = 0; i < 20; i++) {
      assert.deepEqual(outside().externalStops, [])
      stopFile?.write('hold on')
      assert.deepEqual(outside().externalStops, [{ kind: 'all' }])
      stopFile?.remove()
    }
    rmSync(dir, { recursive: true })
  })

  it('sees within a moment what others write', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'windvane-stop-'))
    const { outside } = watchStopFile(stopFileIn(dir))
    assert.deepEqual(outside().externalStops, [])
    writeFileSync(join(dir, 'STOP'), 'wrong price')
    await sleep(60)
    assert.deepEqual(outside().externalStops, [{ kind: 'all' }])
    rmSync(dir, { recursive: true })
  })

  it('stops everything when the file cannot be told', () => {
    const broken = {
      list: () => assert.fail('the disk is gone'),
      read: () => assert.fail('the disk is gone'),
      write: () => undefined,
      remove: () => undefined,
    }
    assert.equal(watchStopFile(broken).outside().policyReadable, false)
  })
})
