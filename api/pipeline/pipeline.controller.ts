import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { runDocs, runsDocs, statusDocs, timelineDocs } from './pipeline.docs.js';
import { RunsQuery, type RunDetailBody, type RunPageBody, type RunsFilter } from './run.schema.js';
import { RunsService } from './runs.service.js';
import { type StatusBody } from './status.schema.js';
import { StatusService } from './status.service.js';
import { TimelineQuery, type TimelineBody, type TimelineFilter } from './timeline.schema.js';
import { TimelineService } from './timeline.service.js';

@ApiTags('pipeline')
@Controller('api/pipeline')
export class PipelineController {
  constructor(
    private readonly state: StatusService,
    private readonly history: RunsService,
    private readonly days: TimelineService,
  ) {}

  @Get('status')
  @Describe(statusDocs)
  status(): Promise<StatusBody> {
    return this.state.status();
  }

  @Get('runs')
  @Describe(runsDocs)
  runs(@Query(queryOf(RunsQuery)) query: RunsFilter): Promise<RunPageBody> {
    return this.history.page(query);
  }

  @Get('timeline')
  @Describe(timelineDocs)
  timeline(@Query(queryOf(TimelineQuery)) { range }: TimelineFilter): Promise<TimelineBody> {
    return this.days.timeline(range);
  }

  @Get('runs/:workflowId/:runId')
  @Describe(runDocs)
  run(@Param('workflowId') workflowId: string, @Param('runId') runId: string): Promise<RunDetailBody> {
    return this.history.detail(workflowId, runId);
  }
}
