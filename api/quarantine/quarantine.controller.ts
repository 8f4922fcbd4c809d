import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { StatusResponse } from '../http/response.js';
import { bodyOf, queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { dismissDocs, quarantineDocs, releaseDocs } from './quarantine.docs.js';
import {
  DecisionSchema,
  QuarantineQuery,
  type Decision,
  type QuarantineFilter,
  type QuarantinePageBody,
} from './quarantine.schema.js';
import { QuarantineService } from './quarantine.service.js';

@ApiTags('quality')
@Controller('api/quarantine')
export class QuarantineController {
  constructor(private readonly quarantine: QuarantineService) {}

  @Get()
  @Describe(quarantineDocs)
  page(@Query(queryOf(QuarantineQuery)) query: QuarantineFilter): Promise<QuarantinePageBody> {
    return this.quarantine.page(query);
  }

  @Post(':id/dismiss')
  @Describe(dismissDocs)
  dismiss(@Param('id') id: string, @Body(bodyOf(DecisionSchema)) { reason }: Decision): Promise<StatusResponse> {
    return this.quarantine.dismiss(id, reason);
  }

  @Post(':id/release')
  @Describe(releaseDocs)
  release(@Param('id') id: string, @Body(bodyOf(DecisionSchema)) { reason }: Decision): Promise<StatusResponse> {
    return this.quarantine.release(id, reason);
  }
}
