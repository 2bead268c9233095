/** Every `error` that a problem answer can carry, with its status and what it means. */
export const problems = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  malformed_request: { status: 400, title: 'The request is not HTTP/1.1' },
  invalid_api_key: { status: 401, title: 'The API key is missing, unknown, rotated or closed' },
  payment_required: { status: 402, title: 'The agency is not active; reading works, changing does not' },
  wrong_key_type: { status: 403, title: 'This key is for other endpoints' },
  subaccount_suspended: {
    status: 403,
    title: 'The subaccount is suspended; reading works, changing and sending do not',
  },
  email_mismatch: { status: 403, title: 'The invitation was issued to another email' },
  route_not_registered: { status: 403, title: "The number is not one of the subaccount's phone routes" },
  recipient_opted_out: { status: 403, title: 'The recipient has opted out by texting STOP' },
  not_found: { status: 404, title: 'There is nothing at this address for this key' },
  chat_not_found: { status: 404, title: 'The subaccount has no such chat' },
  message_not_found: { status: 404, title: 'The subaccount has no such message' },
  request_timeout: { status: 408, title: 'The request did not end in time' },
  phone_already_registered: { status: 409, title: 'The phone number is registered to another subaccount' },
  idempotency_conflict: { status: 409, title: 'The idempotency key was used with other content' },
  no_sending_number: { status: 409, title: 'The pool of sending numbers is empty' },
  invitation_used: { status: 410, title: 'The invitation was used' },
  invitation_expired: { status: 410, title: 'The invitation has expired' },
  body_too_large: { status: 413, title: 'The body is over 256 KiB' },
  invalid_request: { status: 422, title: 'A field does not fit; `errors` names each' },
  service_unavailable_for_recipient: {
    status: 422,
    title: 'The recipient can not be reached by this service',
  },
  carrier_rejected: { status: 422, title: 'The carrier refused the message' },
  rate_limited: { status: 429, title: 'Too many calls; `Retry-After` says when to go on' },
  new_recipient_limit: { status: 429, title: 'Too many new recipients today' },
  message_limit_reached: {
    status: 429,
    title: 'The monthly message limit is reached; `resets_at` says when it starts anew',
  },
  subaccount_limit_reached: { status: 429, title: 'The agency has as many subaccounts as it may' },
  route_limit_reached: { status: 429, title: 'The subaccount has as many phone routes as it may' },
  headers_too_large: { status: 431, title: 'The headers are over 16 KiB' },
  internal: { status: 500, title: 'Something went wrong on our side; the outcome is unknown' },
  unavailable: {
    status: 503,
    title:
      'A part of the platform is down; the outcome is unknown, and trying again is safe with an Idempotency-Key',
  },
} as const;

export type ProblemCode = keyof typeof problems;

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

/** What a `send.result`, a `status` or an `error` frame can carry as `errorCode`. */
export const socketErrorCodes = [
  'invalid_frame',
  'route_not_registered',
  'chat_not_found',
  'message_not_found',
  'recipient_opted_out',
  'message_limit_reached',
  'rate_limited',
  'new_recipient_limit',
  'subaccount_suspended',
  'service_unavailable_for_recipient',
  'carrier_rejected',
  'idempotency_conflict',
  'unavailable',
] as const;
export type SocketErrorCode = (typeof socketErrorCodes)[number];

/** Why a socket ended; clients act on these. */
export const closeCodes = {
  idle: 4000,
  invalidUtf8: 1007,
  replaced: 1008,
  tooBig: 1009,
  restarting: 1012,
  keyInvalid: 4001,
  suspended: 4003,
  tooSlow: 4008,
  flooding: 4029,
} as const;
