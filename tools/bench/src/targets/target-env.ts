type Variable =
  | 'HTTP_PORT'
  | 'NATS_URL'
  | 'POSTGRES_URL'
  | 'EVENTSTORE_URL'
  | 'LINQ_WEBHOOK_SECRET'
  /** A file with an agent's address a line. */
  | 'AGENTS_FILE'
  /** How many. */
  | 'ROUTES';

/** What a target process is told by its environment. Throws where the bench forgot one. */
export const told = (name: Variable): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing`);
  return value;
};

/** The send frame, as far as a minimal handler looks at it. */
export interface MinimalSend {
  readonly id: string;
  readonly to: string;
}

/** What a minimal handler answers once its stream has the message. */
export const minimalResult = (id: string, seq: number): string =>
  JSON.stringify({ type: 'send.result', id, ok: true, messageId: String(seq), status: 'queued' });
