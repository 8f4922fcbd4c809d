import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type StatusResponse } from '../http/response.js';
import { bodyOf, queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { backfillDocs, backfillsDocs, cancelDocs, changeDocs, startDocs } from './backfills.docs.js';
import {
  BackfillChangeSchema,
  BackfillRequestSchema,
  BackfillsQuery,
  CancelQuery,
  type BackfillBody,
  type BackfillChange,
  type BackfillPageBody,
  type BackfillRequestBody,
  type BackfillsFilter,
  type CancelReason,
} from './backfills.schema.js';
import { BackfillsService } from './backfills.service.js';

@ApiTags('pipeline')
@Controller('api/pipeline/backfills')
export class BackfillsController {
  constructor(private readonly backfills: BackfillsService) {}

  @Post()
  @Describe(startDocs)
  start(
    @Body(bodyOf(BackfillRequestSchema)) request: BackfillRequestBody,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<StatusResponse> {
    return this.backfills.start(request, key);
  }

  @Get()
  @Describe(backfillsDocs)
  page(@Query(queryOf(BackfillsQuery)) query: BackfillsFilter): Promise<BackfillPageBody> {
    return this.backfills.page(query);
  }

  @Get(':workflowId')
  @Describe(backfillDocs)
  detail(@Param('workflowId') workflowId: string): Promise<BackfillBody> {
    return this.backfills.detail(workflowId);
  }

  @Patch(':workflowId')
  @Describe(changeDocs)
  change(
    @Param('workflowId') workflowId: string,
    @Body(bodyOf(BackfillChangeSchema)) change: BackfillChange,
  ): Promise<BackfillBody> {
    return this.backfills.change(workflowId, change);
  }

  @Delete(':workflowId')
  @Describe(cancelDocs)
  cancel(
    @Param('workflowId') workflowId: string,
    @Query(queryOf(CancelQuery)) { reason }: CancelReason,
  ): Promise<StatusResponse> {
    return this.backfills.cancel(workflowId, reason);
  }
}
