import { Client } from 'pg';
import { benchPhone, type BenchTenant, seedTenants } from '../bench-tenants';
import { atLeast, atMost, type Figure } from '../figure';
import { openSocket, openSocketIo, type Sender, sendsPerSecond } from '../load/send-load';
import { cpuSeconds, residentBytes } from '../process-cost';
import { compared, interleaved, median } from '../rounds';
import { type Target, Workbench } from '../workbench';

const sockets = 50;
const pace = { inFlight: 20, warmUpMs: 1_000, measureMs: 3_000 };
const rounds = 5;
const microseconds = 1_000_000;
const megabyte = 1_048_576;

interface Sample {
  readonly perSecond: number;
  /** Microseconds of CPU a send: the handler's own, and nats-server's beside it. */
  readonly cpu: number;
  readonly natsCpu: number;
}

const sample = async (
  target: Target,
  natsPid: number,
  open: () => Promise<readonly Sender[]>,
): Promise<Sample> => {
  const senders = await open();
  const looks: { readonly own: number; readonly nats: number }[] = [];
  const look = async () =>
    void looks.push({ own: await cpuSeconds(target.pid), nats: await cpuSeconds(natsPid) });
  try {
    const { perSecond, sends } = await sendsPerSecond(senders, pace, look);
    const [before, after] = looks;
    if (before === undefined || after === undefined) throw new Error('the CPU was not looked at');
    return {
      perSecond,
      cpu: ((after.own - before.own) * microseconds) / sends,
      natsCpu: ((after.nats - before.nats) * microseconds) / sends,
    };
  } finally {
    for (const sender of senders) sender.close();
  }
};

/**
 * Durable sends through one gateway: 50 sockets with 20 sends in flight each, every one answered after its stream's
 * acknowledgement, all checks on; beside the handlers that a user would write.
 */
export const durableSends = (): Promise<readonly Figure[]> =>
  Workbench.use(async (bench) => {
    const tenants = await seedTenants(bench.link, sockets);
    const gateway = await bench.service('gateway');
    const minimal = await bench.baseline('minimal-handler');
    const ourPublisher = await bench.baseline('minimal-handler-our-publisher');
    const postgresUrl = await bench.postgres();
    await seedRoutes(postgresUrl);
    const socketIo = await bench.baseline('socket-io-handler', { POSTGRES_URL: postgresUrl });

    const { pid: natsPid } = bench.nats;
    const ours = () => sample(gateway, natsPid, () => agents(gateway, tenants));
    const against = (target: Target) => () => sample(target, natsPid, () => plain(target));
    const bare = await interleaved(rounds, ours, against(minimal));
    const published = await interleaved(rounds, ours, against(ourPublisher));
    const usual = await interleaved(rounds, ours, () =>
      sample(socketIo, natsPid, () => viaSocketIo(socketIo)),
    );
    const notes = {
      'nats-server µs a send, ours': round(median(bare.map((each) => each.ours.natsCpu))),
      'nats-server µs a send, beside': round(median(bare.map((each) => each.beside.natsCpu))),
      'gateway RSS, MiB': round((await residentBytes(gateway.pid)) / megabyte),
      'nats-server RSS, MiB': round((await residentBytes(natsPid)) / megabyte),
    };
    const pick = (samples: typeof bare, of: (each: Sample) => number) =>
      samples.map((each) => ({ ours: of(each.ours), beside: of(each.beside) }));
    return [
      compared(
        'durable sends/s: minimal handler',
        pick(bare, (each) => each.perSecond),
        atLeast(1),
        notes,
      ),
      compared(
        'CPU a send, µs: minimal handler',
        pick(bare, (each) => each.cpu),
        atMost(1),
      ),
      compared(
        'durable sends/s: minimal handler with our publisher',
        pick(published, (each) => each.perSecond),
        atLeast(0.8),
      ),
      compared(
        'durable sends/s: Socket.IO, PostgreSQL, stock publish',
        pick(usual, (each) => each.perSecond),
        atLeast(2.5),
      ),
    ];
  });

const agents = ({ port }: Target, tenants: readonly BenchTenant[]): Promise<readonly Sender[]> =>
  Promise.all(
    tenants.map(({ key, phone }) => openSocket(`ws://127.0.0.1:${port}/ws?key=${key}`, phone, true)),
  );

const plain = ({ port }: Target): Promise<readonly Sender[]> =>
  Promise.all(
    Array.from({ length: sockets }, (_, index) =>
      openSocket(`ws://127.0.0.1:${port}/ws`, benchPhone(index), false),
    ),
  );

const viaSocketIo = ({ port }: Target): Promise<readonly Sender[]> =>
  Promise.all(
    Array.from({ length: sockets }, (_, index) =>
      openSocketIo(`http://127.0.0.1:${port}`, benchPhone(index)),
    ),
  );

const seedRoutes = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      'CREATE TABLE bench_routes (phone_number text PRIMARY KEY, subaccount_id text NOT NULL)',
    );
    await client.query(
      `INSERT INTO bench_routes SELECT '+1212' || (2000000 + n), 'sub-' || n FROM generate_series(0, $1::int - 1) n`,
      [sockets],
    );
  } finally {
    await client.end();
  }
};

const round = (value: number): number => Math.round(value * 10) / 10;
