import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { UNKNOWN_SYMBOL } from '../openapi/responses.js';
import { FormingQuery, FormingSchema, type FormingBody, type FormingFilter } from './forming.schema.js';
import { FormingService } from './forming.service.js';

@ApiTags('assets')
@Controller('api/assets')
export class FormingController {
  constructor(private readonly service: FormingService) {}

  @Get(':symbol/forming')
  @Describe({
    operationId: 'formingBar',
    summary: 'The bar that is still forming',
    description:
      'The bar after the newest final one, from the stored bars in it and the live price. It changes until it is final, is never stored, and is not part of any other response.',
    path: { symbol: { description: 'Symbol of an asset, case-insensitive.', example: 'SPY' } },
    query: FormingQuery,
    ok: FormingSchema,
    problems: UNKNOWN_SYMBOL,
  })
  forming(
    @Param('symbol') symbol: string,
    @Query(queryOf(FormingQuery)) { timeframe }: FormingFilter,
  ): Promise<FormingBody> {
    return this.service.forming(symbol, timeframe);
  }
}
