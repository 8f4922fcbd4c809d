import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { lineageDocs } from './lineage.docs.js';
import { LineageQuery, type LineageBody, type LineageFilter } from './lineage.schema.js';
import { LineageService } from './lineage.service.js';

@ApiTags('quality')
@Controller('api/lineage')
export class LineageController {
  constructor(private readonly service: LineageService) {}

  @Get(':symbol/:timeframe/:time')
  @Describe(lineageDocs)
  lineage(
    @Param('symbol') symbol: string,
    @Param('timeframe') timeframe: string,
    @Param('time') time: string,
    @Query(queryOf(LineageQuery)) { source }: LineageFilter,
  ): Promise<LineageBody> {
    return this.service.lineage(symbol, timeframe, time, source);
  }
}
