import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NoQuery } from '../http/no-query.js';
import { queryOf } from '../http/query.js';
import { Describe } from '../openapi/describe.js';
import { runDocs, runsDocs, statusDocs } from './pipeline.docs.js';
import { RunsQuery, type RunDetailBody, type RunPageBody } from './run.schema.js';
import { RunsService } from './runs.service.js';
import { type StatusBody } from './status.schema.js';
import { StatusService } from './status.service.js';

@ApiTags('pipeline')
@Controller('api/pipeline')
export class PipelineController {
  constructor(
    private readonly state: StatusService,
    private readonly history: RunsService,
  ) {}

  @Get('status')
  @Describe(statusDocs)
  status(@Query(queryOf(NoQuery)) _query: NoQuery): Promise<StatusBody> {
    return this.state.status();
  }

  @Get('runs')
  @Describe(runsDocs)
  runs(@Query(queryOf(RunsQuery)) query: RunsQuery): Promise<RunPageBody> {
    return this.history.page(query);
  }

  @Get('runs/:workflowId/:runId')
  @Describe(runDocs)
  run(
    @Param('workflowId') workflowId: string,
    @Param('runId') runId: string,
    @Query(queryOf(NoQuery)) _query: NoQuery,
  ): Promise<RunDetailBody> {
    return this.history.detail(workflowId, runId);
  }
}
