import type { IncomingMessage } from 'node:http';

/** What an opening says about itself. */
export interface Credentials {
  /** As given, in the URL or the header; undefined where neither has one: a first frame is to bring it. */
  readonly key: string | undefined;
  /** `name/version` of the client's software, or `unknown`. */
  readonly client: string;
}

const clientForm = /^[\w.@ -]{1,40}\/[\w.+-]{1,24}$/;

/** Reads an opening's URL and headers; undefined where it isn't for `/ws`. */
export const readCredentials = ({
  url = '',
  headers,
}: Pick<IncomingMessage, 'url' | 'headers'>): Credentials | undefined => {
  const target = URL.canParse(url, base) ? new URL(url, base) : undefined;
  if (target?.pathname !== '/ws') return undefined;
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const client = target.searchParams.get('client') ?? '';
  return {
    key: target.searchParams.get('key') ?? bearer ?? headers.authorization,
    client: clientForm.test(client) ? client : 'unknown',
  };
};

const base = 'http://gateway';
