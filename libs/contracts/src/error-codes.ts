/** The `error` of a problem answer and the status it goes with: rest.md's table, in one place. */
export const problemStatus = {
  malformed_json: 400,
  invalid_api_key: 401,
  unauthorized: 401,
  payment_required: 402,
  wrong_key_type: 403,
  subaccount_suspended: 403,
  email_mismatch: 403,
  route_not_registered: 403,
  recipient_opted_out: 403,
  not_found: 404,
  chat_not_found: 404,
  message_not_found: 404,
  method_not_allowed: 405,
  phone_already_registered: 409,
  idempotency_conflict: 409,
  no_sending_number: 409,
  invitation_used: 410,
  invitation_expired: 410,
  body_too_large: 413,
  unsupported_media_type: 415,
  invalid_request: 422,
  service_unavailable_for_recipient: 422,
  carrier_rejected: 422,
  rate_limited: 429,
  new_recipient_limit: 429,
  message_limit_reached: 429,
  subaccount_limit_reached: 429,
  route_limit_reached: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ProblemCode = keyof typeof problemStatus;

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
