// The documents hold: links lead somewhere, both READMEs say the same, lists are complete, the
// reference is what the code says today.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { references } from '../scripts/reference.ts'
import { isRecord } from '../src/kernel/json.ts'
import { root, sourceFiles } from './source-files.ts'

const pages = sourceFiles('.', ['.md'])
const page = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the documents', () => {
  it('link only to what is there', () => {
    const broken = pages.flatMap(({ path, text }) =>
      linksOf(text).flatMap((link) => {
        const [file = '', anchor] = link.split('#')
        const target = file === '' ? join(root, path) : join(root, dirname(path), file)
        if (!existsSync(target)) return [`${path}: ${link}`]
        if (anchor === undefined || !statSync(target).isFile()) return []
        return anchorsOf(readFileSync(target, 'utf8')).includes(decodeURIComponent(anchor))
          ? []
          : [`${path}: ${link}`]
      }),
    )
    assert.deepEqual(broken, [])
  })

  it('say the same in both languages: as many headings, the same commands', () => {
    const [english, russian] = [page('README.md'), page('README.ru.md')]
    const depths = (text: string) => headingsOf(text).map((heading) => heading.indexOf(' '))
    assert.deepEqual(depths(russian), depths(english))
    assert.deepEqual(commandsOf(russian), commandsOf(english))
    assert.deepEqual(
      linksOf(russian)
        .filter((link) => !/^#|README/.test(link))
        .toSorted(),
      linksOf(english)
        .filter((link) => !/^#|README/.test(link))
        .toSorted(),
    )
  })

  it('show the two commands', () => {
    for (const path of ['README.md', 'README.ru.md'])
      for (const command of ['npm ci && npm start', 'npm ci && npm test'])
        assert.ok(commandsOf(page(path)).includes(command), `${path} lacks ${command}`)
  })

  it('name every script that they tell people to run', () => {
    const scripts = Object.keys(packageSection('scripts'))
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/npm run (?:--silent |-s )?([\w:]+)/g)].flatMap(([, name]) =>
        scripts.includes(name ?? '') ? [] : [`${path}: npm run ${name}`],
      ),
    )
    assert.deepEqual(unknown, [])
  })

  it('say of each model where the running system uses it, and by which command and benchmark it is tried', () => {
    const rows = [...page('docs/learning.md').matchAll(/^\| (?!---|model )(.+) \|$/gm)].map(([, row = '']) =>
      row.split(' | '),
    )
    assert.ok(rows.length >= 15, `${rows.length} models`)
    const commands = page('docs/reference/cli.md')
    const benchmarks: string[] = []
    for (const [model = '', command = '', used = '', benchmark = ''] of rows) {
      const name = /`windvane ([\w-]+)/.exec(command)?.[1]
      if (name !== undefined) assert.ok(commands.includes(`## windvane ${name}\n`), `${model}: ${command}`)
      for (const [, path = '', called = ''] of used.matchAll(/`(src\/[\w/.-]+)` \(`(\w+)`\)/g))
        assert.match(page(path), new RegExp(`\\b${called}\\(`), `${model}: ${path} does not call ${called}`)
      const path = /`(bench\/learning\/[\w-]+\.ts)`/.exec(benchmark)?.[1] ?? ''
      assert.ok(path !== '' && existsSync(join(root, path)), `${model}: ${benchmark}`)
      benchmarks.push(path)
    }
    const models = /(propensity|value|uplift|recommend|forecast|anomalies|attribution|bandit|off-policy)\.ts$/
    assert.ok(
      benchmarks.filter((path) => models.test(path)).length >= 9,
      'each model of the learning part is there',
    )
  })

  it('give a reason for each dependency, and for no other', () => {
    const told = [...page('docs/decisions/dependencies.md').matchAll(/^\| `([^`]+)`/gm)].map(
      (match) => match[1] ?? '',
    )
    const used = [
      ...Object.keys(packageSection('dependencies')),
      ...Object.keys(packageSection('devDependencies')),
    ]
    assert.deepEqual(told.toSorted(), used.toSorted())
  })

  it('tell of each safety rule which tests carry its name', () => {
    const rules = page('docs/safety.md').split(/^## /m).slice(1)
    assert.deepEqual(
      rules.map((rule) => rule.split(' ')[0]),
      Array.from({ length: 12 }, (_, n) => `S${n + 1}`),
    )
    const nameless = rules.flatMap((rule) => {
      const id = rule.split(' ')[0] ?? ''
      const files = [...rule.matchAll(/`((?:test|src)\/[^`]+\.test\.ts)`/g)].map((match) => match[1] ?? '')
      const named = (file: string): readonly string[] =>
        [...page(file).matchAll(new RegExp(`\\bit\\(\\s*['\`][^\\n]*\\b${id}\\b.*$`, 'gm'))].map(
          ([line]) => line,
        )
      if (files.flatMap(named).every((line) => line.includes('(wide)'))) return [`${id} has no everyday test`]
      return files.filter((file) => named(file).length === 0).map((file) => `${file} has no test named ${id}`)
    })
    assert.deepEqual(nameless, [])
  })

  it('back what they say of privacy by tests that are there, with the rules they name, in both languages', () => {
    const files: string[][] = []
    for (const name of ['docs/privacy.md', 'docs/privacy.ru.md']) {
      const text = page(name)
      const named = [...text.matchAll(/`((?:test|src)\/[^`]+\.test\.ts)`(?:, ([A-Z]\d+))?/g)]
      for (const [, file = '', rule = ''] of named)
        assert.ok(page(file).includes(rule), `${name}: ${file} has no test of ${rule}`)
      files.push([...new Set(named.map(([, file = '']) => file))].toSorted())
    }
    assert.ok((files[0]?.length ?? 0) > 5)
    assert.deepEqual(files[0], files[1])
  })

  it('list each event of the log', () => {
    const owners = sourceFiles('src').filter(({ path }) => /\/events\.ts$|^src\/loop\.ts$/.test(path))
    const events = owners.flatMap(({ text }) =>
      [...text.matchAll(/export const [A-Z_]+ = '([a-z_.]+\.v\d+)'/g)].map((match) => match[1] ?? ''),
    )
    const told = [...page('ARCHITECTURE.md').matchAll(/^\| `([a-z_.]+\.v\d+)`/gm)].map(
      (match) => match[1] ?? '',
    )
    assert.deepEqual(told.toSorted(), events.toSorted())
  })

  it('list each decision', () => {
    const told = linksOf(page('docs/decisions/README.md')).map((link) => `docs/decisions/${link}`)
    const written = pages.map(({ path }) => path).filter((path) => /^docs\/decisions\/(?!README)/.test(path))
    assert.deepEqual(told.toSorted(), written.toSorted())
  })

  it('have a place for a change in each folder of src', () => {
    const named = [...page('ARCHITECTURE.md').matchAll(/\| `(src\/[a-z]+)`/g)].map((match) => match[1])
    const folders = new Set(
      sourceFiles('src')
        .map(({ path }) => path.split('/').slice(0, 2).join('/'))
        .filter((path) => !path.endsWith('.ts')),
    )
    assert.deepEqual(
      [...folders].filter((folder) => !named.includes(folder)),
      [],
    )
  })

  it('have a reference that is current (else: node scripts/reference.ts)', async () => {
    for (const [path, text] of Object.entries(await references()))
      assert.equal(page(path), text, `${path} is out of date: node scripts/reference.ts`)
  })
})

const withoutCode = (text: string): string =>
  text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '')

function linksOf(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
}

const headingsOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ .*$/gm)].map(([heading]) => heading)

/** Anchors as web pages of repositories make them. */
const anchorsOf = (text: string): readonly string[] =>
  headingsOf(text).map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Lines of all fenced blocks, comments and blank ends taken off. */
function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].flatMap((match) =>
    (match[1] ?? '')
      .split('\n')
      .map((line) => line.replace(/\s+# .*$/, '').trimEnd())
      .filter((line) => line !== ''),
  )
}

function packageSection(name: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(page('package.json'))
  const section = isRecord(parsed) ? parsed[name] : undefined
  assert.ok(isRecord(section))
  return section
}
