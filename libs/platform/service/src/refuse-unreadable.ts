import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '@claw/kernel';
import { REQUEST_ID_HEADER } from '@claw/observability';

/** What a server answers before any handler sees the request. */
export interface BareAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** Why a request could not be read: it isn't HTTP, it never ended, or its headers are too large. */
export type UnreadableStatus = 400 | 408 | 431;

export type Unreadable = (status: UnreadableStatus, requestId: string) => BareAnswer;

/** Node's reasons for not having read a request. */
const statusOf = (error: NodeJS.ErrnoException): UnreadableStatus => {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
};

/** Answers on the bare socket, since there is no request and so no response, and closes it. */
export const refuseUnreadable =
  (unreadable: Unreadable) =>
  (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status = statusOf(error);
    const id = newId();
    const { contentType, body } = unreadable(status, id);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `${REQUEST_ID_HEADER}: ${id}`,
      `content-type: ${contentType}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
