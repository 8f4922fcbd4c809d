import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { providersDocs } from './providers.docs.js';
import type { ProvidersBody } from './providers.schema.js';
import { ProvidersService } from './providers.service.js';

@ApiTags('pipeline')
@Controller('api/providers')
export class ProvidersController {
  constructor(private readonly providers: ProvidersService) {}

  @Get()
  @Describe(providersDocs)
  all(): Promise<ProvidersBody> {
    return this.providers.all();
  }
}
