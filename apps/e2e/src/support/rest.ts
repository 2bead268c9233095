import type { Problem } from '@claw/contracts';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface RestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The platform's HTTP side with one key, or none. */
export class Rest {
  constructor(
    private readonly origin: string,
    private readonly key?: string,
  ) {}

  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    { body, headers = {} }: RestOptions = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) as Body };
  }

  get<Body = Record<string, unknown>>(path: string): Promise<Answer<Body>> {
    return this.call<Body>('GET', path);
  }

  post<Body = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.call<Body>('POST', path, { body });
  }

  /** The body of an answer that must be a success. */
  async ok<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call<Body>(method, path, { body });
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Status and code of an answer that must be a problem. */
  async refusal(method: string, path: string, options?: RestOptions): Promise<string> {
    const { status, body } = await this.call<Problem>(method, path, options);
    return `${status} ${body.error}`;
  }
}

const parse = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
