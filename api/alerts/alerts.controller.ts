import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { StatusResponse } from '../http/response.js';
import { bodyOf, queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { alertsDocs, deleteRuleDocs, newRuleDocs, rulesDocs } from './alerts.docs.js';
import {
  type AlertsBody,
  type AlertsFilter,
  AlertsQuery,
  DeleteRuleQuery,
  type DeleteRuleReason,
  type NewRule,
  NewRuleSchema,
  type RuleBody,
  type RulesBody,
  type RulesFilter,
  RulesQuery,
} from './alerts.schema.js';
import { AlertsService } from './alerts.service.js';

@ApiTags('alerts')
@Controller('api/alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Get()
  @Describe(alertsDocs)
  page(@Query(queryOf(AlertsQuery)) query: AlertsFilter): Promise<AlertsBody> {
    return this.alerts.page(query);
  }

  @Get('rules')
  @Describe(rulesDocs)
  rules(@Query(queryOf(RulesQuery)) { symbol }: RulesFilter): Promise<RulesBody> {
    return this.alerts.rules(symbol);
  }

  @Post('rules')
  @Describe(newRuleDocs)
  create(@Body(bodyOf(NewRuleSchema)) rule: NewRule): Promise<StatusResponse> {
    return this.alerts.create(rule);
  }

  @Delete('rules/:id')
  @Describe(deleteRuleDocs)
  delete(@Param('id') id: string, @Query(queryOf(DeleteRuleQuery)) { reason }: DeleteRuleReason): Promise<RuleBody> {
    return this.alerts.delete(id, reason);
  }
}
