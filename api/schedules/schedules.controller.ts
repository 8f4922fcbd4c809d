import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ReasonSchema, type ReasonBody } from '../admin/reason.schema.js';
import { type StatusResponse } from '../http/response.js';
import { bodyOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { pauseDocs, resumeDocs, schedulesDocs, triggerDocs } from './schedules.docs.js';
import { type ScheduleListBody } from './schedules.schema.js';
import { SchedulesService } from './schedules.service.js';

@ApiTags('pipeline')
@Controller('api/pipeline/schedules')
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Get()
  @Describe(schedulesDocs)
  list(): Promise<ScheduleListBody> {
    return this.schedules.list();
  }

  @Post(':id/pause')
  @Describe(pauseDocs)
  pause(@Param('id') id: string, @Body(bodyOf(ReasonSchema)) { reason }: ReasonBody): Promise<StatusResponse> {
    return this.schedules.pause(id, reason);
  }

  @Post(':id/resume')
  @Describe(resumeDocs)
  resume(@Param('id') id: string, @Body(bodyOf(ReasonSchema)) { reason }: ReasonBody): Promise<StatusResponse> {
    return this.schedules.resume(id, reason);
  }

  @Post(':id/trigger')
  @Describe(triggerDocs)
  trigger(@Param('id') id: string, @Body(bodyOf(ReasonSchema)) { reason }: ReasonBody): Promise<StatusResponse> {
    return this.schedules.trigger(id, reason);
  }
}
