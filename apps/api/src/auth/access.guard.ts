import { timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AgencyEntry, hashApiKey, limitsFor, type RestOperation } from '@claw/contracts';
import { API_CONFIG, type ApiConfig } from '../config';
import type { AnyCaller, ApiRequest } from '../http/api-request';
import { operationKey } from '../http/endpoint.decorator';
import { ProblemError } from '../http/problem.error';
import { AccessReader, type Credential } from './access.reader';

/** Lets a call through only with the kind of key that its operation names, in a state that allows it. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessReader,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = this.reflector.get<RestOperation | undefined>(operationKey, context.getHandler());
    if (operation === undefined) return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const key = bearerOf(request);
    if (operation.access === 'operator') {
      this.admitOperator(request, key);
    } else {
      const credential = key === undefined ? undefined : await this.access.credentialOf(key);
      this.admit(request, operation, credential);
    }
    return true;
  }

  private admitOperator(request: ApiRequest, key: string | undefined): void {
    if (key === undefined || !sameSecret(key, this.config.OPERATOR_TOKEN)) throw invalidKey();
    request.keyHash = hashApiKey(key);
    request.caller = {
      kind: 'operator',
      actor: { kind: 'operator', id: 'operator' },
      requestId: String(request.id),
      limits: limitsFor(this.config.LIMITS),
    };
  }

  private admit(request: ApiRequest, operation: RestOperation, credential: Credential | undefined): void {
    if (credential === undefined) throw invalidKey();
    if (credential.kind !== operation.access) {
      throw new ProblemError(
        'wrong_key_type',
        operation.access === 'agency'
          ? "This endpoint takes the agency's parent key, not a subaccount's."
          : "This endpoint takes a subaccount's key, not the agency's parent key.",
      );
    }
    request.keyHash = credential.keyHash;
    request.caller = this.callerOf(request, credential);
    if (operation.method !== 'GET') refuseWhileStopped(credential);
  }

  private callerOf(request: ApiRequest, credential: Credential): AnyCaller {
    const { agencyId } = credential;
    const shared = {
      agencyId,
      agencyActive: credential.agency.status === 'active',
      requestId: String(request.id),
      limits: limitsFor(this.config.LIMITS, credential.agency.limits),
    };
    return credential.kind === 'agency'
      ? { ...shared, kind: 'agency', actor: { kind: 'agency', id: agencyId } }
      : {
          ...shared,
          kind: 'subaccount',
          subaccountId: credential.subaccountId,
          actor: { kind: 'subaccount', id: credential.subaccountId },
        };
  }
}

/** Reading goes on while stopped; changing and sending don't. */
const refuseWhileStopped = (credential: Credential): void => {
  if (credential.kind === 'agency' && credential.agency.status !== 'active') {
    throw new ProblemError('payment_required', whyStopped(credential.agency));
  }
  if (
    credential.kind === 'subaccount' &&
    (credential.subaccount.status !== 'active' || credential.agency.status !== 'active')
  ) {
    throw new ProblemError(
      'subaccount_suspended',
      'This subaccount is suspended. It may read, not change or send.',
    );
  }
};

const whyStopped = ({ status, suspensions }: AgencyEntry): string => {
  if (status === 'pending') return 'The agency is not active yet: finish the sign-up first.';
  return suspensions.includes('payment_failed')
    ? 'The agency is suspended until its open invoice is paid.'
    : 'The agency is suspended. Write to hello@emotionmachine.ai.';
};

const bearerOf = (request: ApiRequest): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];

const sameSecret = (given: string, wanted: string): boolean =>
  timingSafeEqual(Buffer.from(hashApiKey(given), 'hex'), Buffer.from(hashApiKey(wanted), 'hex'));

const invalidKey = (): ProblemError =>
  new ProblemError('invalid_api_key', 'Give a valid API key as `Authorization: Bearer cm_live_…`.');
