import { type CallRefusal, isProblemCode, type Problem, type ProblemCode, problems } from '@claw/contracts';

/** What a problem carries beside its code and detail. */
export type ProblemExtras = Partial<Pick<Problem, 'errors' | 'resets_at' | 'phone_numbers'>> & {
  /** Seconds after which trying again can help: becomes the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
};

/** An expected refusal on its way to the client: the only error that may speak to it. */
export class ProblemError extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
  }

  get status(): number {
    return problems[this.code].status;
  }

  /** The RFC 9457 body. */
  body(requestId: string): Record<string, unknown> {
    const { retryAfterSeconds: _header, ...members } = this.extras;
    return {
      type: `/docs/errors#${this.code}`,
      title: problems[this.code].title,
      status: this.status,
      detail: this.detail,
      error: this.code,
      request_id: requestId,
      ...members,
    };
  }
}

/** The problem that another service's refusal is to the client. */
export const problemOf = (refusal: CallRefusal): ProblemError =>
  isProblemCode(refusal.code)
    ? new ProblemError(
        refusal.code,
        refusal.detail,
        refusal.fields === undefined ? {} : { errors: [...refusal.fields] },
      )
    : new ProblemError('internal', 'Something went wrong on our side.');

/** Ready to be thrown where a subaccount, route or agency isn't the caller's or isn't at all. */
export const notFound = (what: string): ProblemError =>
  new ProblemError('not_found', `There is no such ${what} here.`);
