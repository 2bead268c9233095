import { problems } from '@claw/contracts';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Codes that an opening can be refused with before there is a socket. */
export type UpgradeRefusal = 'invalid_api_key' | 'wrong_key_type' | 'not_found' | 'unavailable';

const details: Record<UpgradeRefusal, string> = {
  invalid_api_key: 'This API key is missing, unknown, rotated or closed.',
  wrong_key_type: 'A parent API key opens no socket; use a subaccount’s API key.',
  not_found: 'The socket is at /ws.',
  unavailable: 'The gateway cannot open sockets right now; try again soon.',
};

/** Answers an upgrade as plain HTTP, with a problem document, and ends the connection. */
export const refuseUpgrade = (socket: Duplex, error: UpgradeRefusal): void => {
  const status = problems[error].status;
  const title = STATUS_CODES[status] ?? '';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: details[error], error });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...(error === 'unavailable' ? ['Retry-After: 1'] : []),
    ...(error === 'invalid_api_key' ? ['WWW-Authenticate: Bearer'] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
