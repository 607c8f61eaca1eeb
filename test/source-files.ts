// The project's own source files, read once, for the tests that judge their shape.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

export type SourceFile = {
  /** From the project's root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
}

const SKIPPED = new Set(['node_modules', 'dist', '.git', 'test-results', '.windvane'])

/** Every file under `folder` whose name ends in one of `endings`. */
export const sourceFiles = (
  folder: string,
  endings: readonly string[] = ['.ts', '.tsx'],
): readonly SourceFile[] =>
  walk(join(root, folder))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => {
      const text = readFileSync(path, 'utf8')
      return { path: relative(root, path).replaceAll('\\', '/'), text, lines: text.split('\n') }
    })

const walk = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [path]
  })

/** Module specifiers that a file imports or re-exports, and whether only types come over. */
export const importsOf = (
  file: SourceFile,
): readonly { readonly from: string; readonly typeOnly: boolean }[] =>
  [...file.text.matchAll(/^(?:import|export)\s+(type\s+)?[^'"();]*?from\s+['"]([^'"]+)['"]/gm)].map(
    (match) => ({
      from: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    }),
  )
