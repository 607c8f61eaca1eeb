// Public exports of insight: what the log adds up to, for people to look at.
export { createTally, dumpTally, foldTally, restoreTally } from './tally.ts'
export type { ActionTally, CampaignTally, HourTally, Tally } from './tally.ts'
export {
  createDecisionIndex,
  decisionOffsets,
  dumpDecisionIndex,
  foldDecisionIndex,
  restoreDecisionIndex,
} from './decision-index.ts'
export type { DecisionIndex } from './decision-index.ts'
// The business's figures: counted, watched, foretold.
export { countedIn } from './kpi-counts.ts'
export type { KpiCounts } from './kpi-counts.ts'
export { dailyHistory, FORECAST_DAYS, FORECAST_KPIS } from './kpi-forecasts.ts'
export type { ForecastKpi } from './kpi-forecasts.ts'
export { KPI_SPECS, openAnomalies, usualIn, USUAL_KEPT } from './kpi-watch.ts'
export { createKpis, dueKpiJudgement, dumpKpis, foldKpis, restoreKpis } from './kpis.ts'
export type { Kpis } from './kpis.ts'
export { createHits, dumpHits, foldHits, hitsByCode, restoreHits } from './hits.ts'
export type { Hits } from './hits.ts'
// How campaigns share out their actions.
export { openActionAlarms } from './action-watch.ts'
export type { ActionWatch } from './action-watch.ts'
