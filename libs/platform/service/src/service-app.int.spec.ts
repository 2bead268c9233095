import { get } from 'node:http';
import { loadConfig, serviceConfig } from '@claw/config';
import { HealthModule } from '@claw/health';
import { LOGGER, createLogger } from '@claw/observability';
import { eventually } from '@claw/testing';
import { Body, Controller, Get, Inject, Module, Post } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { z } from 'zod';
import { ServiceApp } from './service-app';

let partIsUp = true;
let release: (() => void) | undefined;
let shutDown = false;

@Controller()
class TestController implements OnApplicationShutdown {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  @Get('hello')
  hello(): string {
    this.logger.info({ api_key: 'hunter2' }, 'hello');
    return 'hello';
  }

  @Get('slow')
  async slow(): Promise<string> {
    await new Promise<void>((resolve) => (release = () => resolve()));
    return shutDown ? 'too late' : 'done';
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  onApplicationShutdown(): void {
    shutDown = true;
  }
}

const hanging = new Promise<never>(() => undefined);

@Module({})
class TestModule {
  static forRoot(hangs: () => boolean): DynamicModule {
    return {
      module: TestModule,
      controllers: [TestController],
      imports: [
        HealthModule.forRoot({
          useFactory: () => [
            {
              name: 'part',
              check: () => (partIsUp ? Promise.resolve() : Promise.reject(new Error('part is away'))),
            },
            { name: 'other', check: () => (hangs() ? hanging : Promise.resolve()), deadlineMs: 50 },
          ],
        }),
      ],
    };
  }
}

describe('a service', () => {
  let log: string;
  let service: ServiceApp;
  let url: string;
  let hangs: boolean;
  let stopped: Promise<void> | undefined;

  const stop = (): Promise<void> => (stopped ??= service.stop());

  beforeEach(async () => {
    log = '';
    hangs = false;
    partIsUp = true;
    shutDown = false;
    release = undefined;
    stopped = undefined;
    const env = { INSTANCE: 'test-1', HTTP_PORT: '0', NATS_URL: 'nats://127.0.0.1:4222' };
    const config = loadConfig(z.object(serviceConfig), env);
    const destination = { write: (line: string) => void (log += line) };
    const logger = createLogger({ service: 'test', instance: 'test-1', destination });
    service = await ServiceApp.create(
      TestModule.forRoot(() => hangs),
      { service: 'test', config, logger, bodyLimit: 100 },
    );
    url = await service.listen();
  });

  afterEach(() => stop());

  const json = (response: Response): Promise<unknown> => response.json();

  it('is alive, and ready while every part is', async () => {
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await json(ready)).toMatchObject({ status: 'ok', info: { part: { status: 'up' } } });
  });

  it('is alive but not ready while a part is down, and says which', async () => {
    partIsUp = false;
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await json(ready)).toMatchObject({
      error: { part: { status: 'down', message: 'part is away' } },
      info: { other: { status: 'up' } },
    });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('takes a part that does not answer in time for down', async () => {
    hangs = true;
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await json(ready)).toMatchObject({ error: { other: { status: 'down' } } });
  });

  it('tells its metrics', async () => {
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toContain('process_cpu_user_seconds_total');
  });

  it.each(['/hello', '/nowhere'])('answers %s with the request id that it was given', async (path) => {
    const response = await fetch(`${url}${path}`, { headers: { 'X-Request-Id': 'my-id-1' } });
    expect(response.headers.get('x-request-id')).toBe('my-id-1');
  });

  it.each([undefined, 'not sane!'])('makes a request id in place of %p', async (given) => {
    const response = await fetch(`${url}/hello`, { headers: given ? { 'X-Request-Id': given } : {} });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('logs in one line that it serves, and no route and no module', () => {
    const lines = log.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['ready to serve']);
  });

  it('logs each request with its id and without its secrets, and no probe', async () => {
    await fetch(`${url}/health/live`);
    await fetch(`${url}/metrics`);
    await fetch(`${url}/hello?key=hunter2`, {
      headers: { 'X-Request-Id': 'my-id-2', authorization: 'Bearer hunter2' },
    });
    await eventually(() => expect(log).toContain('/hello'));
    const requests = log.split('\n').filter((line) => line.includes('"res"'));
    expect(requests).toHaveLength(1);
    expect(JSON.parse(requests[0] ?? '')).toMatchObject({
      requestId: 'my-id-2',
      req: { method: 'GET', url: '/hello?key=[redacted]' },
      res: { statusCode: 200 },
    });
    expect(log).not.toContain('hunter2');
  });

  it('refuses a body over the limit', async () => {
    const post = (size: number) =>
      fetch(`${url}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'x'.repeat(size) }),
      });
    expect((await post(50)).status).toBe(201);
    expect((await post(200)).status).toBe(413);
  });

  it('answers what it has begun before it stops, and keeps its parts until then', async () => {
    const answer = fetch(`${url}/slow`).then((response) => response.text());
    await eventually(() => expect(release).toBeDefined());
    const stopping = stop();
    release?.();
    expect(await answer).toBe('done');
    await stopping;
    expect(shutDown).toBe(true);
    await expect(fetch(`${url}/hello`)).rejects.toThrow();
  });

  it('stops although a client keeps an idle connection open', async () => {
    await new Promise<void>((resolve, reject) => {
      get(`${url}/hello`, { headers: { connection: 'keep-alive' } }, (response) => {
        response.resume().once('end', resolve);
      }).once('error', reject);
    });
    await stop();
  });
});
