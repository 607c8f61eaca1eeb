// Who may import whom. The path runs one way, advisors do not know each other, the console knows only the contract.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { importsOf, sourceFiles, type SourceFile } from './source-files.ts'

const PATH = [
  'signal',
  'profile',
  'catalogue',
  'model',
  'decision',
  'guardrail',
  'delivery',
  'feedback',
  'promotion',
] as const
const ADVISORS = ['budget', 'brand', 'creative', 'seo', 'insight']
const SHELL = ['api', 'connect', 'sim', 'app']
const KERNEL_OR_LOG_PORT = new Set(['src/log/port.ts', 'src/log/dump.ts', 'src/log/dump-rows.ts'])

const src = sourceFiles('src')
/** `src/loop.ts` and `src/stages/` put the slices together: they count as one. */
const sliceOf = (path: string): string => {
  if (!path.startsWith('src/')) return ''
  const [, slice = '', ...rest] = path.split('/')
  // Who may do what is a slice of its own within governance: it knows nothing of the loop.
  if (slice === 'governance' && rest[0] === 'access') return 'governance/access'
  return rest.length === 0 || slice === 'stages' ? 'loop' : slice
}
const isTest = (file: SourceFile) => file.path.endsWith('.test.ts') || file.path.includes('/testing/')

type Edge = { readonly from: SourceFile; readonly to: string; readonly typeOnly: boolean }
const edges: readonly Edge[] = src.flatMap((file) =>
  importsOf(file)
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from, typeOnly }) => ({ from: file, to: resolve(file.path, from), typeOnly })),
)
const crossing = edges.filter(({ from, to }) => sliceOf(from.path) !== sliceOf(to) && !isTest(from))
const show = ({ from, to }: Edge) => `${from.path} → ${to}`

describe('architecture', () => {
  it('A1 a stage of the path imports only what stands above it; facts (events.ts) may be read by all', () => {
    const wrong = crossing.filter(({ from, to }) => {
      const stage = PATH.indexOf(sliceOf(from.path) as (typeof PATH)[number])
      if (stage < 0) return false
      const target = sliceOf(to)
      if (target === 'kernel' || KERNEL_OR_LOG_PORT.has(to)) return false
      if (target === 'outbound' && from.path.includes('/adapters/')) return false
      if (to.endsWith('/events.ts') && [...PATH, 'governance'].includes(target)) return false
      const above = PATH.indexOf(target as (typeof PATH)[number])
      return above < 0 || above >= stage
    })
    assert.deepEqual(wrong.map(show), [])
  })

  it('A2 the kernel imports nothing but itself', () => {
    assert.deepEqual(crossing.filter(({ from }) => sliceOf(from.path) === 'kernel').map(show), [])
  })

  it('A3 advisors never import each other and the path never imports them', () => {
    const wrong = crossing.filter(({ from, to }) => {
      const target = sliceOf(to)
      if (!ADVISORS.includes(target)) return false
      const source = sliceOf(from.path)
      return ADVISORS.includes(source) || PATH.includes(source as (typeof PATH)[number])
    })
    assert.deepEqual(wrong.map(show), [])
  })

  it('A4 outsiders enter a slice through its index.ts or events.ts', () => {
    const wrong = crossing.filter(({ to }) => {
      const target = sliceOf(to)
      if (target === 'kernel' || target === 'loop' || KERNEL_OR_LOG_PORT.has(to) || SHELL.includes(target))
        return false
      return to !== `src/${target}/index.ts` && to !== `src/${target}/events.ts`
    })
    assert.deepEqual(wrong.map(show), [])
  })

  it('A5 the log knows only the kernel', () => {
    const wrong = crossing.filter(({ from, to }) => sliceOf(from.path) === 'log' && sliceOf(to) !== 'kernel')
    assert.deepEqual(wrong.map(show), [])
  })

  it('A6 the console imports only the contract of the API', () => {
    const wrong = sourceFiles('console').flatMap((file) =>
      importsOf(file)
        .filter(
          ({ from }) =>
            from.includes('/src/') &&
            !from.endsWith('/src/api/contract.ts') &&
            !file.path.includes('/testing/') &&
            !file.path.includes('.test.'),
        )
        .map(({ from }) => (resolve(file.path, from).startsWith('src/') ? `${file.path} → ${from}` : '')),
    )
    assert.deepEqual(
      wrong.filter((line) => line !== ''),
      [],
    )
  })

  it('A7 there are no circles between files', () => {
    assert.deepEqual(circles(), [])
  })

  it('A9 who may do what and the way out know only the kernel', () => {
    const wrong = crossing.filter(
      ({ from, to }) =>
        ['governance/access', 'outbound'].includes(sliceOf(from.path)) &&
        !['kernel', 'outbound'].includes(sliceOf(to)) &&
        !KERNEL_OR_LOG_PORT.has(to),
    )
    assert.deepEqual(wrong.map(show), [])
  })

  it('A10 governance stands above the path: it knows its facts and nothing of its doing', () => {
    const wrong = crossing.filter(
      ({ from, to }) =>
        sliceOf(from.path) === 'governance' &&
        sliceOf(to) !== 'kernel' &&
        !KERNEL_OR_LOG_PORT.has(to) &&
        !to.endsWith('/events.ts'),
    )
    assert.deepEqual(wrong.map(show), [])
  })

  it('A11 notices know facts, governance and the kernel, and nothing of how people are reached', () => {
    const wrong = crossing.filter(
      ({ from, to }) =>
        sliceOf(from.path) === 'notice' &&
        !['kernel', 'governance'].includes(sliceOf(to)) &&
        !KERNEL_OR_LOG_PORT.has(to) &&
        !to.endsWith('/events.ts'),
    )
    assert.deepEqual(wrong.map(show), [])
  })

  it('A8 only the guardrail makes what delivery takes', () => {
    const makers = src.filter(
      (file) => !isTest(file) && /as Cleared</.test(file.text) && !file.path.startsWith('src/guardrail/'),
    )
    assert.deepEqual(
      makers.map((file) => file.path),
      [],
    )
  })
})

function resolve(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1)
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop()
    else if (step !== '.') parts.push(step)
  }
  return parts.join('/')
}

/** Strongly connected files over value imports, each as one line. */
function circles(): readonly string[] {
  const next = new Map<string, string[]>()
  for (const { from, to, typeOnly } of edges) {
    if (typeOnly || isTest(from)) continue
    next.set(from.path, [...(next.get(from.path) ?? []), to])
  }
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) found.push([...trail.slice(at), path].join(' → '))
    if (at >= 0 || done.has(path)) return
    for (const target of next.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) visit(path, [])
  return found
}
