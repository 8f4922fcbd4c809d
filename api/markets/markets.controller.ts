import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { sessionsDocs, statusDocs } from './markets.docs.js';
import { SessionsQuery, type MarketsBody, type SessionsBody, type SessionsFilter } from './markets.schema.js';
import { MarketsService } from './markets.service.js';

@ApiTags('markets')
@Controller('api/markets')
export class MarketsController {
  constructor(private readonly markets: MarketsService) {}

  @Get('status')
  @Describe(statusDocs)
  status(): Promise<MarketsBody> {
    return this.markets.status();
  }

  @Get(':mic/sessions')
  @Describe(sessionsDocs)
  sessions(@Param('mic') mic: string, @Query(queryOf(SessionsQuery)) query: SessionsFilter): SessionsBody {
    return this.markets.sessions(mic, query);
  }
}
