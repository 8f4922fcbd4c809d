import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { INDICATOR_LIST } from './indicator-list.js';
import { IndicatorListSchema, type IndicatorListBody } from './indicators.schema.js';

@ApiTags('assets')
@Controller('api/indicators')
export class IndicatorsController {
  @Get()
  @Describe({
    operationId: 'listIndicators',
    summary: 'Indicators that can be computed, with their parameters',
    description:
      '`include` of `/api/stocks/{symbol}/indicators` and of `/api/crypto/{symbol}/indicators` accepts indicators in the form shown in `asked`.',
    ok: IndicatorListSchema,
  })
  list(): IndicatorListBody {
    return INDICATOR_LIST;
  }
}
