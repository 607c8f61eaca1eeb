// The route that foretells a campaign before it runs.

import type { FastifyInstance } from 'fastify'
import { asCampaignId } from '../kernel/ids.ts'
import { Failure } from '../kernel/failure.ts'
import { campaignOf } from '../decision/index.ts'
import { forecastAhead } from '../stages/forecasting.ts'
import { campaignForecastSchema } from './contract.ts'
import type { ViewSources } from './views/sources.ts'

export const forecastRoutes = (app: FastifyInstance, { loop }: ViewSources): void => {
  app.get(
    '/api/campaigns/:id/forecast',
    { config: { needs: 'figures.read' }, schema: { response: { 200: campaignForecastSchema } } },
    async (request) => {
      const { id } = request.params as { readonly id: string }
      const campaign = campaignOf(loop.state.decision, asCampaignId(id))
      if (campaign === undefined)
        throw new Failure({
          code: 'http.not_found',
          message: 'There is no campaign with this id.',
          hint: 'Apply it first, paused if it is not to run yet.',
        })
      return { campaignId: campaign.id, ...forecastAhead(loop.state, campaign, loop.ctx.now()) }
    },
  )
}
