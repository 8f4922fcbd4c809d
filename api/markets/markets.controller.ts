import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type StatusResponse } from '../http/response.js';
import { bodyOf, queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { closeDocs, closuresDocs, reopenDocs } from './closures.docs.js';
import {
  ClosureSchema,
  ReopenQuery,
  type ClosureBody,
  type MarketClosuresBody,
  type ReopenReason,
} from './closures.schema.js';
import { ClosuresService } from './closures.service.js';
import { sessionsDocs, statusDocs } from './markets.docs.js';
import { SessionsQuery, type MarketsBody, type SessionsBody, type SessionsFilter } from './markets.schema.js';
import { MarketsService } from './markets.service.js';

@ApiTags('markets')
@Controller('api/markets')
export class MarketsController {
  constructor(
    private readonly markets: MarketsService,
    private readonly closures: ClosuresService,
  ) {}

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

  @Get(':mic/closures')
  @Describe(closuresDocs)
  closuresOf(@Param('mic') mic: string): Promise<MarketClosuresBody> {
    return this.closures.of(mic);
  }

  @Post(':mic/closures')
  @Describe(closeDocs)
  close(@Param('mic') mic: string, @Body(bodyOf(ClosureSchema)) closure: ClosureBody): Promise<StatusResponse> {
    return this.closures.close(mic, closure);
  }

  @Delete(':mic/closures/:date')
  @Describe(reopenDocs)
  reopen(
    @Param('mic') mic: string,
    @Param('date') date: string,
    @Query(queryOf(ReopenQuery)) { reason }: ReopenReason,
  ): Promise<MarketClosuresBody> {
    return this.closures.reopen(mic, date, reason);
  }
}
