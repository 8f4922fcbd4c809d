import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { revisionsDocs } from './revisions.docs.js';
import { RevisionsQuery, type RevisionPageBody, type RevisionsFilter } from './revisions.schema.js';
import { RevisionsService } from './revisions.service.js';

@ApiTags('quality')
@Controller('api/revisions')
export class RevisionsController {
  constructor(private readonly revisions: RevisionsService) {}

  @Get()
  @Describe(revisionsDocs)
  page(@Query(queryOf(RevisionsQuery)) query: RevisionsFilter): Promise<RevisionPageBody> {
    return this.revisions.page(query);
  }
}
