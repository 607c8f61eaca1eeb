// The audit from outside: what somebody does to the files, the command finds, beside a running server and at rest.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Webhook } from 'standardwebhooks'
import type { Act, ActsPage } from '../../src/api/contract.ts'
import { createCsvSplitter } from '../../src/connect/csv-records.ts'
import { ACTS } from '../../src/insight/index.ts'
import { createAnchorSigner, newAnchorKey } from '../../src/app/audit/anchor.ts'
import { anchorFile } from '../../src/app/audit/anchor-keeper.ts'
import { verifyAudit, type AuditReport } from '../../src/app/audit/verify.ts'
import { openKeys } from '../../src/app/keys.ts'
import { MAIN, ROOT, closeAtEnd, noonClock, open, tempFolder, until, type Serving } from './serving.ts'

const run = promisify(execFile)

/** A server whose anchors lie elsewhere, and some records. */
const audited = async (settings = ''): Promise<{ server: Serving; dir: string; anchors: string }> => {
  const dir = tempFolder()
  const elsewhere = tempFolder()
  writeFileSync(join(dir, 'windvane.yaml'), `audit:\n  anchorPath: ${elsewhere}\n${settings}`)
  const server = await open({ dir, clock: noonClock() })
  await send(server, 1, 20)
  return { server, dir, anchors: join(elsewhere, 'anchors.ndjson') }
}

const send = async (server: Serving, from: number, to: number): Promise<void> => {
  for (let n = from; n <= to; n++)
    await server.send([{ type: 'track', event: 'Seen', userId: `u${n}`, messageId: `m${n}` }])
}

const command = async (dir: string, ...words: readonly string[]): Promise<AuditReport> => {
  const args = [MAIN, 'audit', 'verify', '--data', dir, '--json', ...words]
  const { stdout } = await run(process.execPath, args).catch((error: unknown) => error as { stdout: string })
  return JSON.parse(stdout) as AuditReport
}

/** As the command does it, in this process. */
const verify = async (
  dir: string,
  anchors = /anchorPath: (.*)/.exec(readFileSync(join(dir, 'windvane.yaml'), 'utf8'))?.[1] ?? '',
  keysOf = dir,
): Promise<AuditReport> =>
  verifyAudit({
    logPath: join(dir, 'log.db'),
    anchorsPath: anchorFile(anchors, dir),
    publicKeyPem: createAnchorSigner(openKeys(keysOf).anchorKey).publicKeyPem,
  })

const harm = (dir: string, sql: string): void => {
  const db = new DatabaseSync(join(dir, 'log.db'))
  db.exec(sql)
  db.close()
}

describe('windvane audit', () => {
  it('finds nothing on a running server, and what is changed or cut off under it', async () => {
    const { server, dir } = await audited()
    const whole = await command(dir)
    assert.equal(whole.ok, true)
    assert.equal(whole.records, whole.head.offset)
    const seventh = "WHERE offset = (SELECT min(offset) + 6 FROM log WHERE type = 'signal.received.v1')"
    harm(dir, `UPDATE log SET data = replace(data, '"http"', '"hppt"') ${seventh}`)
    const changed = await command(dir)
    assert.equal(changed.ok, false)
    assert.deepEqual(changed.faults, [{ kind: 'changed', from: changed.firstBad, to: changed.firstBad }])
    await server.close()
    harm(dir, `UPDATE log SET data = replace(data, '"hppt"', '"http"') ${seventh}`)
    assert.equal((await verify(dir)).ok, true)
  })

  it('anchors when asked, after so many records and at the end; the end cut off is named', async () => {
    const { server, dir, anchors } = await audited('  anchorEveryRecords: 10\n')
    await until(async () => linesOf(anchors).length >= 2, { what: 'two anchors', ms: 5_000 })
    await send(server, 21, 23)
    const { json } = await server.ask('POST', '/api/audit/anchor', { body: {} })
    assert.ok(
      linesOf(anchors)
        .at(-1)
        ?.includes(`"offset":${(json as { offset: number }).offset}`),
    )
    await send(server, 24, 26)
    await server.close()
    const report = await verify(dir)
    assert.deepEqual([report.ok, report.anchors.vouchedTo], [true, report.head.offset])
    const cut = (json as { offset: number }).offset
    harm(dir, `DELETE FROM log WHERE offset > ${cut}; DELETE FROM chain WHERE last > ${cut}`)
    const { ok, faults } = await verify(dir)
    assert.equal(ok, false)
    assert.deepEqual(faults, [{ kind: 'cut_off', from: cut + 1, to: report.head.offset }])
    // Without the anchors nobody could tell.
    const blind = await verify(dir, emptyFile())
    assert.deepEqual([blind.ok, blind.anchors.read], [true, 0])
  })

  it('names anchors that are forged, taken out or garbled, and a log that stands in the place of another', async () => {
    const { server, dir, anchors } = await audited('  anchorEveryRecords: 5\n')
    await server.close()
    const lines = linesOf(anchors)
    assert.ok(lines.length >= 3)
    const problems = async (text: string) => {
      const file = join(tempFolder(), 'anchors')
      writeFileSync(file, text)
      const report = await verify(dir, file)
      assert.equal(report.ok, report.anchors.problems.length === 0)
      return report.anchors.problems
    }
    const [first = '', second = '', ...rest] = lines
    assert.deepEqual(await problems(`${lines.join('\n')}\n`), [])
    assert.deepEqual(await problems(`${[first, ...rest].join('\n')}\n`), [{ line: 2, kind: 'gap' }])
    const forged = second.replace(/"offset":\d+/, '"offset":1')
    assert.deepEqual(await problems(`${first}\n${forged}\n`), [{ line: 2, kind: 'forged' }])
    assert.deepEqual(await problems(`${first}\n${second.slice(0, 50)}\n`), [{ line: 2, kind: 'unreadable' }])
    // What a crash left half-written was never an anchor; what is written after it goes on from there.
    assert.deepEqual(await problems(`${first}\n${second.slice(0, 50)}`), [])
    const other = await audited()
    await other.server.close()
    const key = join(tempFolder(), 'key.pem')
    writeFileSync(key, (await run(process.execPath, [MAIN, 'audit', 'key', '--data', other.dir])).stdout)
    const replaced = await command(dir, '--anchors', other.anchors, '--key', key)
    assert.deepEqual([replaced.ok, replaced.replaced, replaced.firstBad], [false, true, 1])
  })

  it('goes on after a half-written anchor, and says once when none can be written', async () => {
    const { server, dir, anchors } = await audited()
    await server.ask('POST', '/api/audit/anchor', { body: {} })
    appendFileSync(anchors, '{"v":1,"half')
    await send(server, 21, 22)
    await server.ask('POST', '/api/audit/anchor', { body: {} })
    await server.close()
    const report = await verify(dir)
    assert.deepEqual([report.ok, report.anchors.problems], [true, []])

    const blocked = tempFolder()
    writeFileSync(join(blocked, 'file'), '')
    const data = tempFolder()
    writeFileSync(
      join(data, 'windvane.yaml'),
      `audit: { anchorPath: ${join(blocked, 'file', 'anchors')}, anchorEverySeconds: 1 }\n`,
    )
    const stuck = await open({ dir: data, clock: noonClock() })
    await send(stuck, 1, 3)
    await until(async () => stuck.reports.some((line) => line.includes('No anchor was written')), {
      what: 'the complaint',
      ms: 5_000,
    })
    const answer = await stuck.ask('POST', '/api/audit/anchor', { body: {} })
    assert.equal(answer.status, 503)
    await stuck.close()
  })

  it('posts anchors as signed webhooks', async () => {
    const heard: { readonly body: string; readonly headers: Record<string, string> }[] = []
    const receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        heard.push({ body, headers: request.headers as Record<string, string> })
        response.end('ok')
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    closeAtEnd(() => void receiver.close())
    const { port } = receiver.address() as AddressInfo
    const secret = `whsec_${Buffer.from('a secret of the receiver').toString('base64')}`
    const { server, anchors } = await audited(
      `  webhookUrl: http://127.0.0.1:${port}/\n  webhookSecret: ${secret}\n  webhookHostsAllowed: [127.0.0.1]\n`,
    )
    await server.ask('POST', '/api/audit/anchor', { body: {} })
    await until(async () => heard.length > 0, { what: 'the post', ms: 5_000 })
    const [{ body, headers }] = heard as [(typeof heard)[number]]
    const verified = new Webhook(secret).verify(body, headers) as { data: { content: { anchor: string } } }
    assert.equal(verified.data.content.anchor, linesOf(anchors).at(-1))
    await server.close()
    assert.deepEqual(server.reports, [])
  })
})

describe('acts', () => {
  it('S8 KP12 E14 tell who did what, why and on whose yes; the file is whole and runs in no spreadsheet', async () => {
    const { server, dir } = await audited()
    const formula = '=HYPERLINK("http://evil.example","x")'
    for (const scope of ['channel:email', 'all'])
      await server.ask('POST', '/api/stop', { body: { scope, reason: formula } })
    await server.ask('POST', '/api/resume', { body: { scope: 'all', waitingSeen: 0, seenUpTo: 1e9 } })
    const pageOf = async (query: string): Promise<ActsPage> => {
      const { status, json, text } = await server.ask('GET', `/api/audit/acts?${query}`)
      assert.equal(status, 200, text)
      return json as ActsPage
    }
    const { items, next } = await pageOf('')
    assert.equal(next, null)
    assert.deepEqual(items.map(({ text, reason, group }) => [text, reason, group]).slice(0, 3), [
      ['Lifted the STOP: everything', '', 'stop'],
      ['STOP: everything', formula, 'stop'],
      ['STOP: channel:email', formula, 'stop'],
    ])
    assert.ok(items.every(({ who }) => who.name !== ''))
    assert.equal((await pageOf('lang=ru&group=stop')).items[1]?.text, 'СТОП: всё')
    assert.deepEqual((await pageOf('who=nobody-of-this-name')).items, [])
    // Page by page it is the same list.
    const walked: Act[] = []
    for (let before: string | null = ''; before !== null; ) {
      const page: ActsPage = await pageOf(`limit=1${before === '' ? '' : `&before=${before}`}`)
      walked.push(...page.items)
      before = page.next
    }
    assert.deepEqual(walked, items)
    assert.equal((await server.ask('GET', '/api/audit/acts?before=x')).status, 422)
    assert.equal((await server.ask('GET', '/api/audit/export?from=lately')).status, 422)

    const csv = (await server.ask('GET', '/api/audit/export')).text
    const ndjson = (await server.ask('GET', '/api/audit/export?format=ndjson')).text
    const table = createCsvSplitter({ delimiter: ',', columns: 0, recordCharsMax: 100_000 })
      .push(csv)
      .flatMap((record) => (record.ok ? [record.fields] : []))
    assert.equal(table[0]?.[0], 'offset')
    assert.equal(table.length, items.length + 1)
    assert.deepEqual(
      ndjson
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Act),
      items.toReversed(),
    )
    assert.ok(csv.includes(`'=HYPERLINK`))
    for (const cell of table.flat()) assert.doesNotMatch(cell, /^[=+\-@\t\r]/)

    const out = join(tempFolder(), 'acts.csv')
    const beside = await run(process.execPath, [MAIN, 'audit', 'export', '--data', dir, '--out', out])
    assert.match(beside.stderr, /Written to/)
    assert.equal(readFileSync(out, 'utf8'), csv)
    await server.close()
    const atRest = await run(process.execPath, [MAIN, 'audit', 'export', '--data', dir])
    assert.equal(atRest.stdout, csv)
    const listed = await run(process.execPath, [MAIN, 'audit', 'acts', '--data', dir, '--lang', 'ru'])
    assert.match(listed.stdout, /СТОП снят: всё/)
  })

  it('E14 are types of events that there are', () => {
    const told = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
    assert.deepEqual(
      Object.keys(ACTS).filter((type) => !told.includes(`| \`${type}\` |`)),
      [],
    )
  })
})

describe('anchors', () => {
  it('are signed by the key of the installation, which a file of keys from before them is given', async () => {
    const { server, dir, anchors } = await audited()
    await server.ask('POST', '/api/audit/anchor', { body: {} })
    await server.close()
    const path = join(dir, 'keys.json')
    const { anchorKey, linkSecret, addressSecret } = JSON.parse(readFileSync(path, 'utf8')) as Record<
      string,
      unknown
    >
    const hash = '0'.repeat(64)
    const older = {
      version: 1,
      linkSecret,
      addressSecret,
      hashes: { ingest: hash, decide: hash, admin: hash },
    }
    assert.equal(typeof anchorKey, 'string')
    assert.match(linesOf(anchors)[0] ?? '', /"signature":"[\w-]{86}"/)
    writeFileSync(path, JSON.stringify(older))
    await (await open({ dir, clock: noonClock() })).close()
    const again = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    assert.equal(typeof again['anchorKey'], 'string')
    assert.notEqual(again['anchorKey'], anchorKey)
    // The old anchors are of another key now, and said to be.
    assert.equal((await verify(dir)).anchors.problems[0]?.kind, 'forged')
    assert.notEqual(
      createAnchorSigner(newAnchorKey()).publicKeyPem,
      createAnchorSigner(newAnchorKey()).publicKeyPem,
    )
  })
})

const linesOf = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')

const emptyFile = (): string => {
  const file = join(tempFolder(), 'none')
  writeFileSync(file, '')
  return file
}
