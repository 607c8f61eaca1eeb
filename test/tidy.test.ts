// House style that a machine can check. Each ban says what to do instead.

import { readdirSync, readFileSync, existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { root, sourceFiles, importsOf, type SourceFile } from './source-files.ts'

const src = sourceFiles('src')
const everything = [
  ...src,
  ...sourceFiles('test'),
  ...sourceFiles('bench'),
  ...sourceFiles('scripts'),
  ...sourceFiles('console'),
]
const isTest = (file: SourceFile) => file.path.endsWith('.test.ts') || file.path.includes('/testing/')
const production = src.filter((file) => !isTest(file))

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 80
/** A factory holds the functions of what it makes. */
const FACTORY_LINES_MAX = 120

type Ban = { readonly pattern: RegExp; readonly instead: string; readonly where: readonly SourceFile[] }

const BANS: readonly Ban[] = [
  {
    pattern: /\bTODO\b|\bFIXME\b|\bXXX\b/,
    instead: 'do it, or write it under Gaps in SPEC.md',
    where: everything,
  },
  {
    pattern: /^(?!\s*(?:\/\/|\*|\/\*)).*(?:\bas any\b|: any\b|<any>)/,
    instead: 'unknown, and a check',
    where: everything,
  },
  {
    pattern: /@ts-ignore|@ts-nocheck|@ts-expect-error|biome-ignore|oxlint-disable|eslint-disable/,
    instead: 'code that passes',
    where: everything,
  },
  { pattern: /\b(?:it|test|describe)\.(?:only|todo)\(/, instead: 'a whole test', where: everything },
  { pattern: /^\s*(?:const )?enum\s/, instead: 'a union of literals', where: everything },
  {
    pattern: /throw new Error\(/,
    instead: 'Failure (the world failed) or assert (our bug)',
    where: production,
  },
  { pattern: /catch\s*(?:\([^)]*\))?\s*\{\s*\}/, instead: 'a decision in the catch', where: everything },
  {
    pattern: /(?:class|interface|type|const|function)\s+\w*(?:Manager|Helper|Util|Utils|Service)\b/,
    instead: 'a name that says what it is',
    where: everything,
  },
]

describe('tidy', () => {
  it('T1 no file is longer than it should be', () => {
    const long = everything
      .filter((file) => file.lines.length > FILE_LINES_MAX)
      .map((file) => `${file.path}: ${file.lines.length} lines`)
    assert.deepEqual(long, [])
  })

  it('T2 no function is longer than a screen or so', () => {
    assert.deepEqual(production.flatMap(longFunctions), [])
  })

  it('T3 each file opens with what it is and why', () => {
    const silent = [...src, ...sourceFiles('bench'), ...sourceFiles('scripts')].filter(
      (file) => !/^(?:#!.*\n)?(?:\/\/|\/\*)/.test(file.text),
    )
    assert.deepEqual(
      silent.map((file) => file.path),
      [],
    )
  })

  it('T4 nothing banned is used', () => {
    const found = BANS.flatMap(({ pattern, instead, where }) =>
      where
        .filter((file) => file.path !== 'test/tidy.test.ts')
        .flatMap((file) =>
          file.lines.flatMap((line, index) =>
            pattern.test(line) ? [`${file.path}:${index + 1} ${line.trim()} → ${instead}`] : [],
          ),
        ),
    )
    assert.deepEqual(found, [])
  })

  it('T5 the core reaches for no clock, no chance, no network, no machine', () => {
    const shell = ['src/outbound/', 'src/log/', 'src/api/', 'src/connect/', 'src/app/', 'src/sim/']
    const reach =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bset(?:Timeout|Interval|Immediate)\(|\bfetch\(|\bprocess\.|from 'node:/
    const found = production
      .filter(
        (file) => !shell.some((folder) => file.path.startsWith(folder)) && !file.path.includes('/adapters/'),
      )
      .flatMap((file) =>
        file.lines.flatMap((line, index) =>
          reach.test(line) && !line.trim().startsWith('//') && !line.trim().startsWith('*')
            ? [`${file.path}:${index + 1} ${line.trim()}`]
            : [],
        ),
      )
    assert.deepEqual(found, [])
  })

  it('T6 file names are kebab-case', () => {
    const odd = everything.filter(
      (file) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.tsx?$/.test(file.path.split('/').at(-1) ?? ''),
    )
    assert.deepEqual(
      odd.map((file) => file.path).filter((path) => !path.startsWith('console/')),
      [],
    )
  })

  it('T7 no file is dead: each is imported, run or a test; types of a package without any, of one that is used', () => {
    const imported = new Set(
      everything.flatMap((file) => importsOf(file).map(({ from }) => resolve(file.path, from))),
    )
    const named = [...sourceFiles('.', ['package.json']), ...everything].map((file) => file.text).join('\n')
    const dead = production.filter(
      (file) =>
        !imported.has(file.path) &&
        !named.includes(`/${file.path.split('/').at(-1) ?? ''}`) &&
        !(file.path.endsWith('.d.ts') && named.includes(`from '${basename(file.path, '.d.ts')}'`)) &&
        file.path !== 'src/app/main.ts',
    )
    assert.deepEqual(
      dead.map((file) => file.path),
      [],
    )
  })

  it('T8 each rule of each SPEC has a test that names it', () => {
    const names = everything
      .filter((file) => file.path.endsWith('.test.ts') || file.path.includes('/testing/'))
      .map((file) => file.text)
      .join('\n')
    const specs = [...readdirSync(join(root, 'src')), 'governance/access', 'model/send-time', 'api/mcp']
      .map((slice) => join(root, 'src', slice, 'SPEC.md'))
      .filter((path) => existsSync(path))
    const untested = specs.flatMap((path) => {
      const [rules = ''] = readFileSync(path, 'utf8').split(/^## Gaps/m)
      const ids = [...rules.matchAll(/^[-*]?\s*\**([A-Z]{1,2}\d+)[.:*]/gm)].map((match) => match[1] ?? '')
      assert.ok(ids.length > 0, `${path} has no numbered rules`)
      return ids
        .filter((id) => !new RegExp(`['"\`]${id}[ :,]|[ ,(]${id}[ :,)]`).test(names))
        .map((id) => `${path.slice(root.length)}: ${id}`)
    })
    assert.deepEqual(untested, [])
  })

  it('T9 no default exports', () => {
    const found = everything.filter(
      (file) => /^export default/m.test(file.text) && !file.path.endsWith('vite.config.ts'),
    )
    assert.deepEqual(
      found.map((file) => file.path),
      [],
    )
  })
})

const resolve = (from: string, specifier: string): string => {
  if (!specifier.startsWith('.')) return specifier
  const parts = from.split('/').slice(0, -1)
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/')
}

/** Top-level functions that run over the limit, found by their closing line at the same indent. */
const longFunctions = (file: SourceFile): readonly string[] =>
  file.lines.flatMap((line, index) => {
    const opening =
      /^(\s{0,2})(?:export )?(?:async )?(?:const (\w+) = .*=> ?\{$|function\*? (\w+).*\{$)/.exec(line)
    if (opening === null || !line.trimEnd().endsWith('{')) return []
    const indent = opening[1] ?? ''
    const end = file.lines.findIndex((candidate, at) => at > index && candidate.startsWith(`${indent}}`))
    const length = end - index + 1
    const name = opening[2] ?? opening[3] ?? ''
    const most = name.startsWith('create') ? FACTORY_LINES_MAX : FUNCTION_LINES_MAX
    return end > 0 && length > most ? [`${file.path}:${index + 1} ${name} has ${length} lines`] : []
  })
