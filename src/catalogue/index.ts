// Public exports of the catalogue: what there is, and who lately had to do with it.
export { companionsOf, scoreCompanions } from './companions.ts'
export { historyOf } from './histories.ts'
export type { Had } from './histories.ts'
export { CATALOGUE_OPTIONS } from './limits.ts'
export type { CatalogueOptions } from './limits.ts'
export { rowOf as productRowOf, SHELF } from './products.ts'
export type { Interest, Product, Products } from './products.ts'
export {
  createCatalogue,
  dumpCatalogue,
  foldCatalogue,
  interactionColumns,
  popularityOf,
  restoreCatalogue,
  sessionOf,
} from './state.ts'
export type { Catalogue, FinishedSession, InteractionColumns } from './state.ts'
