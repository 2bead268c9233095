/** A refusal in Linq's terms; the door makes an HTTP answer of it. */
export interface ApiRefusal {
  readonly refused: true;
  readonly status: number;
  readonly code: number;
  readonly message: string;
  /** Seconds to wait, also sent as `Retry-After`. */
  readonly retryAfter?: number;
}

export const refusal = (status: number, code: number, message: string, retryAfter?: number): ApiRefusal => ({
  refused: true,
  status,
  code,
  message,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

export const isRefusal = (value: object): value is ApiRefusal => 'refused' in value;

/** All of them, or the first refusal among them. */
export const allOf = <Value extends object>(values: readonly (Value | ApiRefusal)[]): Value[] | ApiRefusal =>
  values.find(isRefusal) ?? values.filter((value): value is Value => !isRefusal(value));

/** Linq's code for what the recipient's services don't carry; 4001 is a delivery that failed. */
export const UNSUPPORTED = 4005;

export const chatNotFound = refusal(404, 2001, 'chat not found');
export const messageNotFound = refusal(404, 2002, 'message not found');
