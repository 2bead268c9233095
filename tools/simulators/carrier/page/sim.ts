import type { Phone } from '../src/control-api/phone.routes';
import type { ReactionType } from '../src/model/reaction';
import type { MediaPart } from '../src/model/message';
import type { Thread } from '../src/views/thread.view';

export type { Phone, ReactionType, Thread };
export type { ThreadMessage } from '../src/views/thread.view';

const DEADLINE_MS = 15_000;

const call = async <Answer>(path: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(`/sim${path}`, { ...init, signal: AbortSignal.timeout(DEADLINE_MS) });
  const answer = (await response.json()) as Answer & { error?: { message?: string } };
  if (!response.ok) throw new Error(answer.error?.message ?? `the carrier answered ${response.status}`);
  return answer;
};

const post = <Answer = object>(path: string, body: object): Promise<Answer> =>
  call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** What a customer writes: into a chat, or to a line, alone or with the others of a group. */
export interface Words {
  readonly from: string;
  readonly to?: string;
  readonly chat_id?: string;
  readonly group?: readonly string[];
  readonly text?: string;
  readonly media?: readonly { readonly attachment_id: string }[];
  readonly reply_to?: { readonly message_id: string };
}

/** The carrier's control API, as far as a phone needs it. Every call rejects where the carrier refuses. */
export const sim = {
  phones: async () => (await call<{ data: Phone[] }>('/phones')).data,
  threads: async (phone: string) =>
    (await call<{ data: Thread[] }>(`/threads?${new URLSearchParams({ phone })}`)).data,
  /** Whether a customer reads what is delivered by themselves. */
  reads: async (handle: string) => {
    const { data } = await call<{ data: { handle: string; read?: boolean }[] }>('/behaviour');
    const said = (whose: string): boolean | undefined => data.find((row) => row.handle === whose)?.read;
    return said(handle) ?? said('*') ?? true;
  },
  write: (words: Words) => post<{ chat_id: string }>('/inbound', words),
  upload: (file: File) =>
    call<MediaPart>(`/attachments?${new URLSearchParams({ filename: file.name })}`, {
      method: 'POST',
      headers: { 'content-type': file.type || 'application/octet-stream' },
      body: file,
    }),
  react: (reaction: { from: string; message_id: string; type: ReactionType; remove: boolean }) =>
    post('/reaction', reaction),
  type: (from: string, chat_id: string, state: 'started' | 'stopped') =>
    post('/typing', { from, chat_id, state }),
  read: (from: string, chat_id: string) => post('/read', { from, chat_id }),
  readByItself: (handle: string, read: boolean) => post('/behaviour', { handle, read }),
};

const EVENTS = [
  'chat.created',
  'chat.read',
  'chat.renamed',
  'message.accepted',
  'message.sent',
  'message.delivered',
  'message.read',
  'message.failed',
  'message.received',
  'participant.added',
  'participant.removed',
  'reaction.added',
  'reaction.removed',
  'typing',
] as const;

interface Chat {
  readonly recipients: readonly string[];
  readonly gone: Readonly<Record<string, unknown>>;
}

/**
 * Follows what happens. The stream says only from now on, so after each connect everyone has to look anew.
 *
 * @param onChange whose phones have something new
 */
export const follow = (listener: {
  readonly onState: (state: 'live' | 'away') => void;
  readonly onChange: (phones: readonly string[]) => void;
}): void => {
  const stream = new EventSource('/sim/events');
  stream.onopen = () => listener.onState('live');
  stream.onerror = () => listener.onState('away');
  for (const type of EVENTS)
    stream.addEventListener(type, (event: MessageEvent<string>) => {
      const { chat } = JSON.parse(event.data) as { chat: Chat };
      listener.onChange([...chat.recipients, ...Object.keys(chat.gone)]);
    });
};
