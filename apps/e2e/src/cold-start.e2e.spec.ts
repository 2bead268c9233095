import { join } from 'node:path';
import {
  freePort,
  httpAnswers,
  postgresUrl,
  startEventStore,
  startNatsServer,
  startPostgres,
  startServer,
  workspaceRoot,
} from '@claw/local-servers';
import { eventually, tempDir } from '@claw/testing';

const bound = 120_000;

/** Each service's process by itself, and the parts that it says it lacks. */
const services = [
  ['api', ['nats']],
  ['gateway', ['nats']],
  ['tenancy', ['eventstore', 'nats', 'postgres']],
  ['routing', ['eventstore', 'nats', 'postgres']],
] as const;

interface Readiness {
  readonly details: Record<string, { readonly status: string }>;
}

const readiness = async (origin: string): Promise<{ status: number; down: string[] }> => {
  const answer = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(5_000) });
  const { details } = (await answer.json()) as Readiness;
  const down = Object.entries(details).filter(([, { status }]) => status !== 'up');
  return { status: answer.status, down: down.map(([part]) => part) };
};

describe('a service that starts before everything else', () => {
  it.each(services)(
    '%s is alive, says what it lacks, and is ready once that is there',
    async (name, parts) => {
      const dataDir = await tempDir();
      const [port, nats, store, postgres] = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
      ];
      const origin = `http://127.0.0.1:${port}`;
      const service = await startServer({
        name,
        command: process.execPath,
        args: [join(workspaceRoot(), `dist/apps/${name}/src/main.js`)],
        logFile: join(dataDir, `${name}.log`),
        env: {
          INSTANCE: `${name}-1`,
          HTTP_PORT: String(port),
          NATS_URL: `nats://127.0.0.1:${nats}`,
          EVENTSTORE_URL: `esdb://127.0.0.1:${store}?tls=false`,
          POSTGRES_URL: await postgresUrl(join(dataDir, 'postgres'), postgres),
          OPERATOR_TOKEN: 'a-token-of-this-test-alone',
          PUBLIC_URL: origin,
          LINQ_API_V3_API_KEY: 'none',
          LINQ_API_V3_BASE_URL: 'http://127.0.0.1:9',
          LINQ_WEBHOOK_SECRET: `whsec_${Buffer.from('secret of the test').toString('base64')}`,
        },
        ready: () => httpAnswers(`${origin}/health/live`),
      });
      const servers: { stop(): Promise<unknown> }[] = [service];
      try {
        const before = await readiness(origin);
        expect(before.status).toBe(503);
        expect(before.down).toEqual(expect.arrayContaining([...parts]));

        servers.push(await startNatsServer({ dataDir: join(dataDir, 'nats'), port: nats }));
        if (name === 'tenancy' || name === 'routing') {
          servers.push(await startEventStore({ dataDir: join(dataDir, 'eventstore'), port: store }));
          servers.push(await startPostgres({ dataDir: join(dataDir, 'postgres'), port: postgres }));
        }
        await eventually(async () => expect(await readiness(origin)).toEqual({ status: 200, down: [] }), {
          withinMs: 30_000,
          everyMs: 100,
        });
      } finally {
        for (const server of servers) await server.stop();
      }
    },
    bound,
  );
});
