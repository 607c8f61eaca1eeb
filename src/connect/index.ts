// Public exports of the connectors: bringing in what other systems hold.
export { guessMapping } from './guess-mapping.ts'
export type { GuessInput, MappingGuess } from './guess-mapping.ts'
export { importFile, IMPORT_LIMITS } from './import-file.ts'
export type { ImportInput, ImportLimits, ImportProgress, ImportSummary } from './import-file.ts'
export { checkMapping, parseMapping } from './mapping.ts'
export { IMPORT_KINDS } from './mapping-schema.ts'
export type { Cell, CellType, ImportKind, Mapping } from './mapping-schema.ts'
