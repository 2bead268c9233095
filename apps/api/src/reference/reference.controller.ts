import { Controller, Get, Header, Inject } from '@nestjs/common';
import { API_CONFIG, type ApiConfig } from '../config';
import { asyncApiDocument } from './asyncapi.document';
import { openApiDocument } from './openapi.document';
import { errorsPage, referencePage } from './reference.page';

/** The reference for people and for machines; no key needed. */
@Controller()
export class ReferenceController {
  private readonly openApiJson: string;
  private readonly asyncApiJson: string;

  constructor(@Inject(API_CONFIG) config: ApiConfig) {
    this.openApiJson = JSON.stringify(openApiDocument(config.PUBLIC_URL));
    this.asyncApiJson = JSON.stringify(asyncApiDocument(config.PUBLIC_URL));
  }

  @Get('/openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  openApi(): string {
    return this.openApiJson;
  }

  @Get('/asyncapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  asyncApi(): string {
    return this.asyncApiJson;
  }

  @Get('/docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  docs(): string {
    return referencePage;
  }

  @Get('/docs/errors')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  )
  errors(): string {
    return errorsPage;
  }
}
