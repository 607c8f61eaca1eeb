// The version of this program, from its package file.

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const paths = ['../../package.json', '../package.json'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)
const path = paths.find((candidate) => existsSync(candidate))

export const version: string =
  path === undefined
    ? '0.0.0'
    : String((JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version)
