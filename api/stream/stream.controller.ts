import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { queryOf } from '../http/validate.js';
import { Describe } from '../openapi/describe.js';
import { streamDocs } from './stream.docs.js';
import { StreamQuery, type StreamFilter } from './stream.schema.js';
import { StreamService } from './stream.service.js';

@ApiTags('stream')
@Controller('api/stream')
export class StreamController {
  constructor(private readonly streams: StreamService) {}

  @Get()
  @Describe(streamDocs)
  async stream(
    @Query(queryOf(StreamQuery)) filter: StreamFilter,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = request.method === 'HEAD' ? '' : await this.streams.open(filter, lastEventId, request.ip);
    // proxies must not buffer the stream
    const headers = { 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };
    void reply.headers(headers).type('text/event-stream; charset=utf-8').send(body);
  }
}
