import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { coverageDocs, matrixDocs, summaryDocs } from './coverage.docs.js';
import {
  CoverageMatrixQuery,
  CoverageQuery,
  CoverageSummaryQuery,
  type CoverageBody,
  type CoverageFilter,
  type CoverageMatrixBody,
  type CoverageMatrixFilter,
  type CoverageSummaryBody,
  type CoverageSummaryFilter,
} from './coverage.schema.js';
import { CoverageService } from './coverage.service.js';

@ApiTags('quality')
@Controller('api/coverage')
export class CoverageController {
  constructor(private readonly coverage: CoverageService) {}

  @Get()
  @Describe(summaryDocs)
  summary(@Query(queryOf(CoverageSummaryQuery)) query: CoverageSummaryFilter): Promise<CoverageSummaryBody> {
    return this.coverage.summary(query);
  }

  @Get('matrix')
  @Describe(matrixDocs)
  matrix(@Query(queryOf(CoverageMatrixQuery)) query: CoverageMatrixFilter): Promise<CoverageMatrixBody> {
    return this.coverage.matrix(query);
  }

  @Get(':symbol')
  @Describe(coverageDocs)
  sessions(
    @Param('symbol') symbol: string,
    @Query(queryOf(CoverageQuery)) query: CoverageFilter,
  ): Promise<CoverageBody> {
    return this.coverage.sessions(symbol, query);
  }
}
