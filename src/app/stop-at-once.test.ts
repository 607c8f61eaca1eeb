// G9, from the command line: the file is there before the program is, and only for words that are understood whole.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readScope } from '../api/scope.ts'
import { importsOf, sourceFiles } from '../../test/source-files.ts'
import { SIGNAL_REASON, stopAtOnce, stopOnSignal } from './stop-at-once.ts'
import { stopFileIn } from './stop-file.ts'

const within = (body: (dir: string) => void): void => {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-stop-'))
  try {
    body(dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const listed = (dir: string) =>
  stopFileIn(dir)
    .list()
    .map(({ scope, reason }) => ({ scope, reason }))

describe('STOP before anything is loaded', () => {
  it('G9 writes the file that the server reads, for every scope and spelling of the words', () => {
    for (const scope of ['all', 'channel:email', 'campaign:winback', 'campaign:Весна 50%/a:b'])
      for (const words of [
        ['stop', '--scope', scope, '--reason', 'wrong price', '--json'],
        ['stop', `--scope=${scope}`, '--reason=wrong price'],
      ])
        within((dir) => {
          assert.equal(stopAtOnce([...words, '--data', dir], 'elsewhere'), true)
          assert.deepEqual(listed(dir), [{ scope: readScope(scope), reason: 'wrong price' }])
          stopFileIn(dir).remove(readScope(scope))
          assert.deepEqual(readdirSync(dir), [])
        })
  })

  it('G9 takes the folder of the environment and holds everything when nothing is said', () => {
    within((dir) => {
      assert.equal(stopAtOnce(['stop'], dir), true)
      assert.deepEqual(readdirSync(dir), ['STOP'])
    })
  })

  it('G9 leaves everything else to the command: help, other commands, unknown words, scopes and folders', () => {
    within((dir) => {
      for (const words of [
        [],
        ['resume'],
        ['stop', '--help'],
        ['stop', '--scope'],
        ['stop', '--scope', '--json'],
        ['stop', '--scope', 'channel:pigeon'],
        ['stop', '--scope', 'everything'],
        ['stop', '--reasons', 'x'],
        ['stop', 'now'],
        ['--version', 'stop'],
        ['stop', '--data', join(dir, 'not there')],
      ])
        assert.equal(stopAtOnce(words, dir), false, words.join(' '))
      assert.deepEqual(readdirSync(dir), [])
    })
  })

  it('G9 a server that is coming up heeds the signal, in the folder of its words or of the environment', () => {
    const before = process.listeners('SIGUSR2')
    for (const words of [
      ['--data', 'NEW'],
      ['--json', '--data=NEW'],
      ['--data', 'elsewhere', '--data', 'NEW'],
      [],
    ]) {
      const parent = mkdtempSync(join(tmpdir(), 'windvane-signal-'))
      // Of a first start: it is not there yet.
      const dir = join(parent, 'new')
      assert.equal(stopOnSignal(['start', ...words.map((word) => word.replace('NEW', dir))], dir), true)
      // The test runner's own answer to the signal is left out.
      const [heeds] = process.listeners('SIGUSR2').filter((one) => !before.includes(one))
      heeds?.('SIGUSR2')
      assert.deepEqual(listed(dir), [{ scope: { kind: 'all' }, reason: SIGNAL_REASON }])
      if (heeds !== undefined) process.off('SIGUSR2', heeds)
      rmSync(parent, { recursive: true })
    }
    assert.equal(stopOnSignal(['demo', '--data', 'x'], 'x'), false)
    assert.deepEqual(process.listeners('SIGUSR2'), before)
  })

  it('G9 loads nothing of ours before it, and nothing at all but the file system', () => {
    const files = sourceFiles('src/app')
    const importsIn = (path: string) =>
      importsOf(files.find((file) => file.path === path) ?? assert.fail(path)).map(({ from }) => from)
    assert.deepEqual(importsIn('src/app/stop-at-once.ts'), ['node:fs', 'node:path'])
    assert.deepEqual(
      importsIn('src/app/main.ts').filter((from) => from !== './cli.ts'),
      ['./stop-at-once.ts'],
    )
  })
})
