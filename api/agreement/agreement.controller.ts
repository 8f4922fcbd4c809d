import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { agreementDocs, findingsDocs } from './agreement.docs.js';
import {
  type AgreementBody,
  type AgreementFilter,
  AgreementQuery,
  type FindingsFilter,
  FindingsQuery,
} from './agreement.schema.js';
import { AgreementService } from './agreement.service.js';

@ApiTags('quality')
@Controller('api/agreement')
export class AgreementController {
  constructor(private readonly agreement: AgreementService) {}

  @Get()
  @Describe(findingsDocs)
  findings(@Query(queryOf(FindingsQuery)) query: FindingsFilter): Promise<AgreementBody> {
    return this.agreement.findings(query);
  }

  @Get(':symbol')
  @Describe(agreementDocs)
  ofAsset(
    @Param('symbol') symbol: string,
    @Query(queryOf(AgreementQuery)) query: AgreementFilter,
  ): Promise<AgreementBody> {
    return this.agreement.ofAsset(symbol, query);
  }
}
