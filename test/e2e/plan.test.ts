// The plan as a file: what is exported applies as nothing new, a dry run changes nothing, and whatever
// is wrong in any section is said with its place and what to write instead.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { WIDE } from '../../src/kernel/testing/wide.ts'
import type { Plan, PlanResult } from '../../src/api/contract.ts'
import { shopPlan } from './plans.ts'
import { cli, noonClock, open, ROOT, tempFolder, type Serving } from './serving.ts'

const FULL = shopPlan({
  holdout: 0.15,
  policy: '{kind: thompson, floor: 0.05, scale: 0.5}',
  more: `  - id: winback
    name: Win back
    status: shadow
    goal: {event: Order Completed, value: revenue, window: 30d}
    trigger: {schedule: {at: '10:00', weekdays: [mon, thu]}}
    audience: profile.features.orders > 1.0
    actions:
      - {creatives: [thanks], channel: email, cost: 0.002, offers: [none, '10%', {id: vip, discount: 25%}], moments: [now, '18:00']}
    traits: [city, plan]
    budget: 250.5
`,
})

const apply = async (server: Serving, yaml: string, dryRun = false): Promise<PlanResult> => {
  const answer = await server.ask('POST', '/api/plan', { body: { yaml, dryRun } })
  assert.equal(answer.status, 200, answer.text)
  return answer.json as PlanResult
}
const exported = async (server: Serving): Promise<Plan> => (await server.ask('GET', '/api/plan')).json as Plan

describe('the plan', () => {
  let server: Serving
  before(async () => {
    server = await open({ clock: noonClock() })
  })

  it('E60 apply, export, apply is nothing new, and the texts are the same', async () => {
    const first = await apply(server, FULL)
    assert.deepEqual(first.problems, [])
    assert.ok(first.applied && first.changes.length >= 5, JSON.stringify(first))
    const one = await exported(server)
    const offset = server.served.system.loop.state.offset
    const again = await apply(server, one.yaml)
    assert.deepEqual([again.problems, again.changes, again.version], [[], [], first.version])
    assert.deepEqual((await apply(server, FULL)).changes, [])
    assert.equal(server.served.system.loop.state.offset, offset, 'nothing new was put on record')
    assert.deepEqual(await exported(server), one)
    const other = await open({ clock: noonClock() })
    await apply(other, one.yaml)
    assert.deepEqual(await exported(other), one, 'another installation has the same plan from it')
    await other.close()
  })

  it('E61 a dry run says what would change, and changes nothing', async () => {
    const before_ = await exported(server)
    const offset = server.served.system.loop.state.offset
    const dry = await apply(
      server,
      FULL.replace('Win back', 'Come back').replace('share: 0.15', 'share: 0.2'),
      true,
    )
    assert.deepEqual([dry.applied, dry.problems], [false, []])
    assert.deepEqual(dry.changes.toSorted(), ['campaigns: ~winback', 'holdout: 0.2'])
    // CF7: what the changed campaign would bring, of nobody known yet.
    const [ahead, ...more] = dry.forecasts
    assert.deepEqual([ahead?.campaignId, ahead?.of, ahead?.known, more], ['winback', 'run', 0, []])
    assert.deepEqual(
      [ahead?.forecast?.messages.mean, ahead?.forecast?.basis, ahead?.forecast?.risk],
      [0, 'nothing', null],
    )
    assert.equal(server.served.system.loop.state.offset, offset)
    assert.deepEqual(await exported(server), before_)
  })

  it('GP7 nothing is decided by a sensitive trait unless a named person answers for it', async () => {
    const offset = server.served.system.loop.state.offset
    const barred = FULL.replace('traits: [city, plan]', 'traits: [city, religion]').replace(
      'audience: profile.features.orders > 1.0',
      `audience: 'profile.traits.health == "poor" || profile.traits.exists(k, k == "race")'`,
    )
    const refused = await apply(server, barred, true)
    assert.deepEqual(
      refused.problems.map(({ path, message }) => `${path}: ${message}`),
      [
        'campaigns winback audience: `health` is a sensitive trait: nothing is decided by it',
        'campaigns winback audience: which traits it reads cannot be told, and some are sensitive',
        'campaigns winback traits: `religion` is a sensitive trait: nothing is decided by it',
      ],
    )
    const allowed = FULL.replace('traits: [city, plan]', 'traits: [city, religion]')
    const policy =
      'governance: {sensitive: {allowed: [{trait: religion, campaign: winback, by: Anna Ode, reason: a halal shop}]}}\n'
    const passes = await apply(server, `${allowed}${policy}`, true)
    assert.deepEqual(passes.problems, [])
    assert.ok(
      passes.changes.some((change) => change.startsWith('governance')),
      passes.changes.join(),
    )
    assert.equal(server.served.system.loop.state.offset, offset)
  })

  it('E62 a section left out stays as it is; an empty one is emptied', async () => {
    const part = await apply(server, 'holdout: {share: 0.05}\n')
    assert.deepEqual(part.changes, ['holdout: 0.05'])
    assert.match((await exported(server)).yaml, /winback/)
    const emptied = await apply(server, 'campaigns: []\n')
    assert.deepEqual(emptied.changes, ['campaigns: -thanks -home -winback'])
    assert.equal((await server.brief()).campaigns.length, 0)
  })

  it('E63 every section says what is wrong, where, and what to do; nothing of such a plan is applied', async () => {
    const cases: readonly (readonly [yaml: string, path: RegExp, said: RegExp])[] = [
      ['busines: {name: X}', /^busines$/, /did you mean business/],
      ['business: {name: X, time_zone: Mars/Olympus, currency: EUR}', /^business\.time_zone$/, /IANA/],
      [
        'business: {name: X, time_zone: UTC, currency: euro}',
        /^business\.currency$/,
        /three capital letters/,
      ],
      ['business: {name: X, timezone: UTC, currency: EUR}', /^business\.time/, /time_zone/],
      ['holdout: {share: 0.9}', /^holdout\.share$/, /0 to 0\.5/],
      ['holdout: {share: 0.1, horizon: soon}', /^holdout\.horizon$/, /30d/],
      ['limits: {quiet: none}', /^limits\.quiet$/, /quiet_hours/],
      ['limits: {quiet_hours: at night}', /^limits\.quiet_hours$/, /21:00-09:00/],
      ['limits: {caps: [{max: -1, per: 1d}]}', /^limits\.caps\[0\]\.max$/, /whole number/],
      ['limits: {lateness: 1 hour}', /^limits\.lateness$/, /duration/],
      ['sender: {name: X, email: not-an-address, footer: ""}', /^sender\.email$/, /./],
      ['sender: {name: "X\\r\\nBcc: y", email: a@b.example, footer: ""}', /^sender\.name$/, /one line/],
      ['segments: [{id: A b, name: X, when: "true"}]', /^segments\[0\]\.id$/, /./],
      [
        'segments: [{id: ok, name: X, when: profile.features.ordrs > 1.0}]',
        /^segments\[0\]\.when$|segments\.ok/,
        /./,
      ],
      ['creatives: {x: {channel: e-mail, en: {subject: a, body: b}}}', /^creatives\.x\.channel$/, /email/],
      [
        'creatives: {x: {channel: email, en: {subjct: a, body: b}}}',
        /^creatives\.x\.en\.subjct$/,
        /did you mean subject/,
      ],
      [
        'creatives: {x: {channel: email, approved_by: a, en: {subject: Hello, body: "<p>{{ profile.traits.x | nosuchfilter }} and much text</p>{{ links.unsubscribe }}"}}}\ncampaigns: []',
        /^creatives\.x\./,
        /nosuchfilter/,
      ],
      [
        'creatives: {x: {channel: email, approved_by: a, en: {subject: Hello, body: "<p>A long enough text, but no way out.</p>"}}}\ncampaigns: []\nsender: {name: H, email: h@shop.example, footer: Quay}',
        /^creatives\.x\.en\.body$/,
        /unsubscribe/,
      ],
      [
        'campaigns: [{id: c, goal: {event: E}, trigger: {placement: p}, actions: [{creative: nosuch, channel: onsite}]}]',
        /^campaigns/,
        /nosuch/,
      ],
      ['campaigns: [{id: c, goal: {evnt: E}, trigger: {placement: p}, actions: []}]', /^campaigns/, /./],
      [
        'campaigns: [{id: c, goal: {event: E}, trigger: {sometimes: yes}, actions: [{creative: banner, channel: onsite}]}]',
        /^campaigns.*trigger/,
        /./,
      ],
      [
        'campaigns: [{id: c, goal: {event: E}, trigger: {placement: p}, audience: "1 +", actions: [{creative: banner, channel: onsite}]}]',
        /^campaigns.*audience/,
        /./,
      ],
      ['a: [', /^$/, /Mend/],
      ['just words', /^$/, /Sections/],
      ['holdout: {share: 0.1}\nholdout: {share: 0.2}', /^$/, /./],
      [
        `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from(
          { length: 9 },
          (_, i) =>
            `k${i}: &k${i} [${Array(9)
              .fill(i === 0 ? '*a' : `*k${i - 1}`)
              .join(',')}]`,
        ).join('\n')}`,
        /^/,
        /./,
      ],
    ]
    await apply(server, shopPlan())
    const before = await exported(server)
    for (const [yaml, path, said] of cases) {
      const { applied, problems, changes } = await apply(server, yaml)
      assert.deepEqual([applied, changes], [false, []], yaml)
      assert.ok(problems.length > 0, yaml)
      const found = problems.find((one) => path.test(one.path) && said.test(`${one.message} ${one.hint}`))
      assert.ok(found !== undefined, `${yaml}\n${JSON.stringify(problems, null, 1)}`)
      assert.ok(
        problems.every(({ message, hint }) => message !== '' && `${message}${hint}`.length > 10),
        JSON.stringify(problems),
      )
    }
    assert.deepEqual(await exported(server), before)
  })

  it('E64 the commands say the same: exit code 1 and the problems, also without a server', async () => {
    const dir = tempFolder()
    const file = join(dir, 'plan.yaml')
    const data = join(dir, 'data')
    writeFileSync(file, FULL)
    const missing = await cli(['export', '--data', data, '--json'])
    assert.equal(missing.code, 1)
    assert.equal((missing.json as { readonly error: { readonly code: string } }).error.code, 'data.missing')
    const applied = await cli(['apply', file, '--data', data, '--json'])
    assert.equal(applied.code, 0, applied.stdout + applied.stderr)
    const out = await cli(['export', '--data', data])
    assert.equal(out.code, 0)
    writeFileSync(file, out.stdout)
    assert.match(
      (await cli(['apply', '-', '--data', data], { input: out.stdout })).stdout,
      /^Nothing differs/,
    )
    const bad = await cli(['apply', '-', '--data', data], { input: 'limits: {quiet_hour: none}\n' })
    assert.equal(bad.code, 1)
    assert.match(bad.stdout, /limits\.quiet_hour: unknown key `quiet_hour`\n {4}did you mean quiet_hours\?/)
    const unknown = await cli(['apply', file, '--dtaa', data, '--json'])
    assert.equal(unknown.code, 1)
    const { error } = unknown.json as { readonly error: Readonly<Record<string, string>> }
    assert.deepEqual([error['code'], typeof error['hint']], ['cli.unknown_option', 'string'])
    const gone = await cli(['apply', join(dir, 'none.yaml'), '--data', data, '--json'])
    assert.equal((gone.json as { readonly error: { readonly code: string } }).error.code, 'plan.unreadable')
  })

  it('E65 every plan among the examples applies, and again as exported (wide)', WIDE, async () => {
    const folder = join(ROOT, 'examples')
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : []
    for (const name of files) {
      const own = await open({ clock: noonClock() })
      const result = await apply(own, readFileSync(join(folder, name), 'utf8'))
      assert.deepEqual(result.problems, [], name)
      const { yaml } = await exported(own)
      assert.deepEqual((await apply(own, yaml)).changes, [], name)
      assert.equal((await exported(own)).yaml, yaml, name)
      await own.close()
    }
  })
})
