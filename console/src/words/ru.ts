// Russian.

import type { WordKey } from './en.ts'
import { ruAhead } from './ru-ahead.ts'
import { ruAccess } from './ru-access.ts'
import { ruAudit } from './ru-audit.ts'
import { ruFairness } from './ru-fairness.ts'
import { ruFrame } from './ru-frame.ts'
import { ruBrand } from './ru-brand.ts'
import { ruGate } from './ru-gate.ts'
import { ruGovern } from './ru-govern.ts'
import { ruKpis } from './ru-kpis.ts'
import { ruModels } from './ru-models.ts'
import { ruMoney } from './ru-money.ts'
import { ruNotices } from './ru-notices.ts'
import { ruOffers } from './ru-offers.ts'
import { ruPrivacy } from './ru-privacy.ts'
import { ruSendTime } from './ru-send-time.ts'
import { ruViews } from './ru-views.ts'

export const ru: Readonly<Record<WordKey, string>> = {
  ...ruAccess,
  ...ruAudit,
  ...ruFrame,
  ...ruViews,
  ...ruKpis,
  ...ruMoney,
  ...ruModels,
  ...ruSendTime,
  ...ruGate,
  ...ruAhead,
  ...ruFairness,
  ...ruOffers,
  ...ruBrand,
  ...ruGovern,
  ...ruNotices,
  ...ruPrivacy,
}
