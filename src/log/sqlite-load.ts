// The runtime's SQLite, loaded without the note that it is experimental: older releases of the same
// runtime print it at the first load. Every other warning passes.

type Sqlite = typeof import('node:sqlite')

let loaded: Sqlite | undefined

export const loadSqlite = (): Sqlite => {
  loaded ??= loadQuietly()
  return loaded
}

const loadQuietly = (): Sqlite => {
  const emit = process.emitWarning.bind(process)
  const filtered = (warning: string | Error, ...rest: unknown[]): void => {
    if (String(warning).includes('SQLite is an experimental feature')) return
    Reflect.apply(emit, undefined, [warning, ...rest])
  }
  process.emitWarning = filtered
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emit
  }
}
