// What is wrong with the ground it stands on: a port in use, folders without rights or in use, settings
// that nobody knows, a disk that fills. Each is said with what to do; nothing acknowledged is lost.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../../src/app/config.ts'
import { isFailure, type Failure } from '../../src/kernel/failure.ts'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import { openMail, startSink } from './mail-sink.ts'
import { identify, shopPlan, track } from './plans.ts'
import {
  cli,
  type Answer,
  closeAtEnd,
  noonClock,
  open,
  start,
  tempFolder,
  until,
  type CliAnswer,
  type Serving,
} from './serving.ts'

const NOBODY = 65_534
const FORM = {
  raw: 'List-Unsubscribe=One-Click',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
} as const
const isRoot = process.getuid?.() === 0

/** A command that failed as one should: exit code 1, an error with code, message and hint, no stack. */
const failed = (
  { code, json, stdout, stderr }: CliAnswer,
  expected: string,
): { readonly message: string; readonly hint: string } => {
  assert.equal(code, 1, stdout + stderr)
  const { error } = json as {
    readonly error: { readonly code: string; readonly message: string; readonly hint: string }
  }
  assert.equal(error.code, expected, stdout)
  assert.ok(error.message.length > 4 && error.hint.length > 4, stdout)
  assert.ok(!/\n\s+at /.test(stdout + stderr), stderr)
  return error
}

describe('the ground it stands on', () => {
  it('E20 a port in use is named, with what to do; the folder is free again', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    closeAtEnd(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    const dir = tempFolder()
    const answer = await cli(['start', '--data', dir, '--port', String(port), '--json'])
    assert.match(failed(answer, 'serve.port_in_use').message, new RegExp(String(port)))
    const text = await cli(['start', '--data', dir, '--port', String(port)])
    assert.equal(text.code, 1)
    assert.match(text.stderr, /error: Port \d+ on 127\.0\.0\.1 is taken.*\n {2}Choose another with --port N/)
    taken.close()
    const server = await open({ dir })
    await server.close()
  })

  it(
    'E21 a folder in use by another process is refused with its number, and not touched (wide)',
    WIDE,
    async () => {
      const child = await start()
      const answer = await cli(['start', '--data', child.dir, '--port', '0', '--json'])
      assert.match(failed(answer, 'log.in_use').message, new RegExp(String(child.process.pid)))
      await assert.rejects(open({ dir: child.dir }), (error: Failure) => isFailure(error, 'log.in_use'))
      const doctor = await cli(['doctor', '--data', child.dir, '--json'])
      assert.match(doctor.stdout, /server runs as/)
      assert.equal((await child.ask('GET', '/healthz')).status, 200)
      assert.equal(await child.end(), 0)
    },
  )

  it('E22 folders without rights are refused by name (wide)', {
    skip: isRoot ? false : 'needs root to become nobody',
    ...WIDE,
  }, async () => {
    const parent = tempFolder()
    const locked = join(parent, 'locked')
    mkdirSync(locked, { mode: 0o755 })
    const cases: readonly (readonly [string, string])[] = [
      [locked, 'keys.not_writable'],
      [join(locked, 'inside'), 'keys.not_writable'],
    ]
    for (const [dir, code] of cases)
      assert.match(
        failed(await cli(['start', '--data', dir, '--port', '0', '--json'], { uid: NOBODY }), code).message,
        /locked/,
      )
    // One that was started by somebody else.
    const child = await start()
    await child.end()
    chmodSync(child.dir, 0o755)
    failed(
      await cli(['start', '--data', child.dir, '--port', '0', '--json'], { uid: NOBODY }),
      'keys.unreadable',
    )
    failed(await cli(['stop', '--data', child.dir, '--json'], { uid: NOBODY }), 'stop.not_written')
    const exported = await cli(['export', '--data', child.dir, '--json'], { uid: NOBODY })
    assert.equal(exported.code, 1, exported.stdout + exported.stderr)
    failed(
      await cli(['start', '--data', join(child.dir, 'keys.json'), '--port', '0', '--json']),
      'keys.not_writable',
    )
  })

  it('E23 settings that are wrong are named, with the nearest known one', async () => {
    const dir = tempFolder()
    const cases: readonly (readonly [string, string, RegExp, RegExp])[] = [
      ['prot: 8080\n', 'config.invalid', /prot.*unknown key/, /did you mean port\?/],
      [
        'smtp: {host: mail, conections: 3}\n',
        'config.invalid',
        /smtp\.conections.*unknown key/,
        /did you mean connections\?/,
      ],
      ['smtp: {port: 25}\n', 'config.invalid', /smtp\.host.*missing/, /./],
      ['port: 99999\n', 'config.invalid', /port.*99999/, /./],
      ['port: eighty\n', 'config.invalid', /port.*eighty/, /./],
      ['snapshotEveryEvents: 1\n', 'config.invalid', /snapshotEveryEvents.*1/, /./],
      ['- a\n- b\n', 'config.unreadable', /not a list of settings/, /./],
      ['port: [\n', 'config.unreadable', /windvane\.yaml/, /Mend/],
      ['smtp: {host: mail, passwordFile: /nowhere/secret}\n', 'config.secret_unreadable', /nowhere/, /./],
    ]
    for (const [yaml, code, message, hint] of cases) {
      writeFileSync(join(dir, 'windvane.yaml'), yaml)
      assert.throws(
        () => readConfig({ dir, env: {}, flags: {} }),
        (error: Failure) =>
          isFailure(error, code) && message.test(error.message) && hint.test(error.hint ?? ''),
        yaml,
      )
    }
    writeFileSync(join(dir, 'windvane.yaml'), 'prot: 8080\n')
    assert.match(failed(await cli(['start', '--data', dir, '--json']), 'config.invalid').hint, /port/)
    rmSync(join(dir, 'windvane.yaml'))
    assert.match(
      failed(await cli(['start', '--data', dir, '--port', 'abc', '--json']), 'config.invalid').message,
      /port.*abc/,
    )
    assert.match(
      failed(
        await cli(['start', '--data', dir, '--json'], {
          env: { WINDVANE_SMTP_PORT: 'x', WINDVANE_SMTP_HOST: 'm' },
        }),
        'config.invalid',
      ).message,
      /smtp\.port.*x/,
    )
  })

  it('S12 E24 a damaged or foreign log is refused, not overwritten', async () => {
    const dir = tempFolder()
    writeFileSync(join(dir, 'log.db'), 'this is a diary, not a log\n'.repeat(500))
    failed(await cli(['start', '--data', dir, '--port', '0', '--json']), 'log.not_a_log')
    writeFileSync(join(dir, 'keys.json'), '{}')
    failed(await cli(['start', '--data', dir, '--port', '0', '--json']), 'keys.unreadable')
  })
})

/** A small disk of its own; null where this machine gives none. */
const smallDisk = (megabytes: number): string | null => {
  const dir = tempFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], { stdio: 'ignore' })
  } catch {
    // Not root, or no right to mount in here.
    return null
  }
  closeAtEnd(() => void execFileSync('umount', ['-l', dir], { stdio: 'ignore' }))
  return dir
}

const disk = smallDisk(24)

describe('a disk that fills', {
  skip: disk === null ? 'cannot mount a small disk here (needs root)' : false,
}, () => {
  it('S5 S12 E25 is 503 with Retry-After; nothing acknowledged is lost; STOP works; service comes back with room', async () => {
    const dir = disk ?? ''
    const sink = await startSink()
    let server = await open({ dir, clock: noonClock(), smtpPort: sink.port })
    await server.apply(shopPlan())
    await server.send([identify('first'), track('first', 'Cart Viewed')])
    await until(() => sink.to('first@shop.example').length === 1, { what: 'the first mail' })

    const acknowledged = new Set(['first'])
    const full = await fill(server, acknowledged)
    assert.equal(full.status, 503, full.text)
    assert.deepEqual((full.json as { readonly error: { readonly code: string } }).error.code, 'log.disk_full')
    assert.match(full.text, /"hint":"[^"]+/)
    assert.equal(full.headers.get('retry-after'), '5')
    assert.equal((await server.ask('GET', '/healthz')).status, 200)
    const { attention } = await server.brief()
    assert.ok(
      attention.some(({ kind, severity }) => kind === 'disk_full' && severity === 'risk'),
      JSON.stringify(attention),
    )

    const decide = await server.ask('POST', '/v1/decide', {
      as: 'decide',
      body: { placement: 'home', userId: 'first' },
    })
    assert.equal(decide.status, 503, decide.text)
    const stopped = await server.ask('POST', '/api/stop', {
      body: { scope: 'all', reason: 'the disk is full' },
    })
    assert.equal(stopped.status, 200, stopped.text)
    assert.ok((await server.brief()).stop.active)
    assert.equal(sink.mails.length, 1, 'a mail left that is not on record')
    const [mail] = sink.mails
    assert.ok(mail !== undefined)
    const [click = '', , out = ''] = (await openMail(mail)).links.map((link) => new URL(link).pathname)
    assert.equal((await server.ask('GET', click, { as: 'none' })).status, 302, 'a link must lead on')
    assert.equal(
      (await server.ask('POST', out, { as: 'none', ...FORM })).status,
      503,
      'not heard, so not confirmed',
    )

    rmSync(join(dir, 'ballast'), { force: true })
    await until(
      async () =>
        (
          await server.ask('POST', '/v1/batch', {
            as: 'ingest',
            body: { batch: [identify('after'), track('after', 'Cart Viewed')] },
          })
        ).status === 200,
      { what: 'room' },
    )
    acknowledged.add('after')
    assert.equal((await server.ask('POST', out, { as: 'none', ...FORM })).status, 200)
    assert.ok((await server.brief()).attention.every(({ kind }) => kind !== 'disk_full'))
    await sleep(200)
    assert.equal(sink.mails.length, 1, 'STOP did not hold')
    const resumed = await cli(['resume', '--data', dir, '--yes', '--json'])
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr)
    // Whoever was decided about while STOP held was left alone for good; whoever comes now is written to.
    await server.send([identify('later'), track('later', 'Cart Viewed')])
    acknowledged.add('later')
    await until(() => sink.to('later@shop.example').length === 1, { what: 'the mail after' })

    await server.close()
    server = await open({ dir, clock: noonClock() })
    const lost: string[] = []
    for (const user of acknowledged) {
      const found = (await server.ask('GET', `/api/customers?q=${user}@shop.example`)).json as {
        readonly total: number
      }
      if (found.total === 0) lost.push(user)
    }
    assert.deepEqual(lost, [])
    assert.equal(sink.to('first@shop.example').length, 1)
    await server.close()
    console.log(
      `disk full: ${acknowledged.size} acknowledged people, 0 lost; refused with 503 and Retry-After, back with room`,
    )
  })
})

/** Fills the disk with ballast and then with people, until the log takes no more: that answer. */
const fill = async (server: Serving, acknowledged: Set<string>) => {
  const chunk = Buffer.alloc(1 << 20, 1)
  try {
    for (let i = 0; i < 64; i++) writeFileSync(join(server.dir, 'ballast'), chunk, { flag: 'a' })
  } catch (error) {
    // Full: that was the point.
    assert.match(String(error), /ENOSPC/)
  }
  // Some room again, so that people come in until it is full once more.
  truncateSync(join(server.dir, 'ballast'), statSync(join(server.dir, 'ballast')).size - 3 * (1 << 20))
  // Large ones until none fits, then ever smaller ones: at the end there is room for nothing.
  let last: Answer | null = null
  for (const pad of [20_000, 2_000, 0]) {
    for (let i = 0; i < 5_000; i++) {
      const user = `p${pad}-${i}`
      const body = { ...identify(user), context: { pad: 'x'.repeat(pad) } }
      last = await server.ask('POST', '/v1/identify', { as: 'ingest', body })
      if (last.status !== 200) break
      acknowledged.add(user)
    }
  }
  // A new person takes room for a key as well: what is left is filled with the doings of one who is known.
  for (let i = 0; i < 20_000 && (i === 0 || last?.status === 200); i++)
    last = await server.ask('POST', '/v1/track', { as: 'ingest', body: track('first', 'Looked Around') })
  assert.ok(last !== null && acknowledged.size > 20, `${acknowledged.size} came in before it was full`)
  return last
}
