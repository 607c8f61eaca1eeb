// English. Keys are the same in every language; the types and a test hold them together.

import { enAhead } from './en-ahead.ts'
import { enAccess } from './en-access.ts'
import { enAudit } from './en-audit.ts'
import { enFairness } from './en-fairness.ts'
import { enFrame } from './en-frame.ts'
import { enBrand } from './en-brand.ts'
import { enGate } from './en-gate.ts'
import { enGovern } from './en-govern.ts'
import { enKpis } from './en-kpis.ts'
import { enModels } from './en-models.ts'
import { enMoney } from './en-money.ts'
import { enNotices } from './en-notices.ts'
import { enOffers } from './en-offers.ts'
import { enPrivacy } from './en-privacy.ts'
import { enSendTime } from './en-send-time.ts'
import { enViews } from './en-views.ts'

export const en = {
  ...enAccess,
  ...enAudit,
  ...enFrame,
  ...enViews,
  ...enKpis,
  ...enMoney,
  ...enModels,
  ...enSendTime,
  ...enGate,
  ...enAhead,
  ...enFairness,
  ...enOffers,
  ...enBrand,
  ...enGovern,
  ...enNotices,
  ...enPrivacy,
}

export type WordKey = keyof typeof en
